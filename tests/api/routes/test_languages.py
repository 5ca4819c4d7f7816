"""`/languages` over HTTP."""

from tests.api.stand_ins import StandInClient, serving


async def test_english_goes_into_german_and_french(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/languages")
    assert response.json() == [{"code": "en", "name": "English", "targets": ["de", "fr"]}]
