"""LibreTranslate's translation of files over HTTP."""

import pytest

from api.errors import TritonUnavailableError
from tests.api.stand_ins import StandInClient, serving

TEXT = ("notes.txt", b"Where is the station?\nIt is over there.")


async def test_the_answer_is_the_address_of_the_file(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.post("/translate_file", files={"file": TEXT}, data={"source": "en", "target": "de"})
        assert response.status_code == 200, response.text
        url = response.json()["translatedFileUrl"]
        assert url.startswith("http://api/download_file/")
        assert url.endswith("/notes.de.txt")
        file = await http.get(url)
    assert file.content == b"de0:Where is the station?\nde0:It is over there."


@pytest.mark.parametrize("name", ["my notes.txt", "#1?.txt", "50 %.txt", "Übersicht&.txt"])
async def test_a_name_of_any_characters_has_an_address(client: StandInClient, name: str) -> None:
    async with serving(client) as http:
        files, fields = {"file": (name, b"one")}, {"source": "en", "target": "de"}
        file = await http.get(
            (await http.post("/translate_file", files=files, data=fields)).json()["translatedFileUrl"]
        )
    assert file.content == b"de0:one"


async def test_the_source_may_be_detected(client: StandInClient) -> None:
    german = ("a.txt", b"Wo ist denn der Bahnhof, bitte? Ich finde ihn leider nicht.")
    async with serving(client) as http:
        answers = [
            await http.post("/translate_file", files={"file": file}, data={"source": "auto", "target": "fr"})
            for file in (TEXT, german)
        ]
    assert [answer.status_code for answer in answers] == [200, 400]
    assert answers[1].json()["error_type"] == "not_english"


@pytest.mark.parametrize("fields", [{"source": "de", "target": "fr"}, {"source": "en", "target": "es"}])
async def test_other_languages_are_refused(client: StandInClient, fields: dict[str, str]) -> None:
    async with serving(client) as http:
        response = await http.post("/translate_file", files={"file": TEXT}, data=fields)
    assert (response.status_code, response.json()["error_type"]) == (400, "unsupported_language")


async def test_a_failure_is_the_answer(client: StandInClient) -> None:
    client.failures["one"] = TritonUnavailableError()
    async with serving(client, job_patience_seconds=0.001) as http:
        response = await http.post("/translate_file", files={"file": ("a.txt", b"one")}, data={"target": "de"})
    assert (response.status_code, response.json()["error_type"]) == (503, "triton_unavailable")


async def test_an_unknown_file_is_not_found(client: StandInClient) -> None:
    async with serving(client) as http:
        response = await http.get("/download_file/unknown/notes.de.txt")
    assert (response.status_code, response.json()["error_type"]) == (404, "job_not_found")


async def test_the_frontend_hears_which_files_there_are(client: StandInClient) -> None:
    async with serving(client) as http:
        told = (await http.get("/frontend/settings")).json()
    assert told["filesTranslation"] is True
    assert {".txt", ".html", ".md"} <= set(told["supportedFilesFormat"])
