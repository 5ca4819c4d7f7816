"""The service under its limits: sizes, deadlines, and how much is under way at once."""

import asyncio
import threading

import pytest

from api.errors import (
    DeadlineExceededError,
    OverloadedError,
    TooManyItemsError,
    TritonUnavailableError,
    ValidationFailedError,
)
from api.text.documents import Document, parse
from api.translation import Options
from tests.api.stand_ins import PATIENCE_SECONDS, StandInClient
from tests.api.translations import each, error_types, service_on, together

SHORTLY = 0.1


async def test_one_request_has_few_batches_under_way_so_that_others_get_their_turn(client: StandInClient) -> None:
    client.largest_batch = 2
    texts = [f"text {number}" for number in range(20)]
    release = client.hold(texts)
    call = asyncio.create_task(together(service_on(client, max_batches_per_request=3), texts))
    await client.started.wait()
    release.set()
    await call
    assert client.most_running == 3


async def test_others_get_their_turn_while_a_long_text_is_split(
    client: StandInClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    got_its_turn = threading.Event()

    def parse_slowly(text: str, options: Options) -> Document:
        assert got_its_turn.wait(PATIENCE_SECONDS)
        return parse(text, options)

    monkeypatch.setattr("api.translation.parse", parse_slowly)
    call = asyncio.create_task(together(service_on(client), ["A word. " * 1000]))
    await asyncio.sleep(0)
    got_its_turn.set()
    assert error_types(await call) == [None]


async def test_more_texts_than_the_limit_are_refused(client: StandInClient) -> None:
    with pytest.raises(TooManyItemsError):
        await each(service_on(client, max_items=2), ["a", "b", "c"])


async def test_more_alternatives_than_the_limit_are_refused(client: StandInClient) -> None:
    with pytest.raises(ValidationFailedError, match="num_alternatives"):
        await each(service_on(client, max_alternatives=2), ["a"], Options(num_alternatives=3))


async def test_a_wider_beam_than_the_limit_is_refused(client: StandInClient) -> None:
    with pytest.raises(ValidationFailedError, match="beam_size"):
        await each(service_on(client, max_beam_size=4), ["a"], Options(beam_size=5))


async def test_a_batch_needs_triton_to_say_its_batch_size(client: StandInClient) -> None:
    client.batch_size_failure = TritonUnavailableError()
    with pytest.raises(TritonUnavailableError):
        await together(service_on(client), ["a", "b"])


async def test_a_deadline_that_passes_for_every_text_is_the_error_of_the_request(client: StandInClient) -> None:
    client.hold(["never"])
    with pytest.raises(DeadlineExceededError):
        await each(service_on(client, deadline_seconds=SHORTLY), ["never"])


async def test_a_deadline_cancels_what_is_unfinished(client: StandInClient) -> None:
    client.hold(["never"])
    with pytest.raises(DeadlineExceededError):
        await together(service_on(client, deadline_seconds=SHORTLY), ["never", "ever"])
    assert (client.cancelled, client.running) == (1, 0)


async def test_a_deadline_leaves_what_is_finished(client: StandInClient) -> None:
    client.hold(["never"])
    results = await each(service_on(client, deadline_seconds=SHORTLY), ["quick", "never"])
    assert error_types(results) == [None, DeadlineExceededError]


async def test_a_request_over_the_limit_in_flight_is_refused(client: StandInClient) -> None:
    release = client.hold(["held"])
    service = service_on(client, max_in_flight=1)
    first = asyncio.create_task(each(service, ["held"]))
    await client.started.wait()
    with pytest.raises(OverloadedError):
        await each(service, ["second"])
    release.set()
    await first


async def test_a_finished_request_makes_room_for_the_next(client: StandInClient) -> None:
    service = service_on(client, max_in_flight=1)
    await each(service, ["first"])
    assert error_types(await each(service, ["second"])) == [None]


async def test_one_request_keeps_to_its_share_of_inferences(client: StandInClient) -> None:
    texts = [f"text {number}" for number in range(20)]
    release = client.hold(texts)
    call = asyncio.create_task(each(service_on(client, max_triton_requests_per_request=3), texts))
    await client.started.wait()
    release.set()
    await call
    assert client.most_running == 3


async def test_all_requests_together_keep_to_the_limit_of_inferences(client: StandInClient) -> None:
    requests = [[f"{name}{number}" for number in range(8)] for name in "abc"]
    release = client.hold([text for texts in requests for text in texts])
    service = service_on(client, max_triton_requests=4, max_triton_requests_per_request=3)
    calls = asyncio.gather(*(each(service, texts) for texts in requests))
    await client.started.wait()
    release.set()
    await calls
    assert client.most_running == 4
