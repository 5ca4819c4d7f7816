"""Reading requests, running a batch, and answering each request on its own."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest

from models_src.triton.execution import Inputs, InvalidRequestError, Outputs, Tensor, execute, parameters
from tests.models_src.stand_ins import (
    BrokenTensor,
    InferenceResponse,
    StandInPbUtils,
    StandInRequest,
    StandInTensor,
)


@dataclass
class ScriptedModel:
    """Runs ``script`` on each request's inputs and notes the sizes of its batches."""

    script: Callable[[Inputs], Outputs | InvalidRequestError]
    batches: list[int] = field(default_factory=list)
    inputs: Sequence[str] = ("X", "OPTION")

    def run(self, batch: Sequence[Inputs]) -> list[Outputs | InvalidRequestError]:
        self.batches.append(len(batch))
        return [self.script(inputs) for inputs in batch]


def request(value: int, **options: int) -> StandInRequest:
    return StandInRequest.of({name: np.array([number]) for name, number in {"X": value, **options}.items()})


def double(inputs: Inputs) -> Outputs | InvalidRequestError:
    """Twice ``X``; a negative number is a bad request, 99 a bug."""
    number: Tensor = inputs["X"]
    if number[0] == 99:
        raise RuntimeError("secret")
    return InvalidRequestError("X is negative") if number[0] < 0 else {"Y": 2 * number}


def answers(responses: Sequence[InferenceResponse]) -> list[int | str | None]:
    return [response.code or int(response.outputs["Y"][0]) for response in responses]


def test_all_requests_of_a_batch_are_run_at_once() -> None:
    model = ScriptedModel(double)
    execute(StandInPbUtils, model, [request(1), request(2), request(3)])
    assert model.batches == [3]


def test_responses_come_in_the_order_of_the_requests() -> None:
    assert answers(execute(StandInPbUtils, ScriptedModel(double), [request(3), request(1), request(2)])) == [6, 2, 4]


def test_no_requests_give_no_responses() -> None:
    assert execute(StandInPbUtils, ScriptedModel(double), []) == []


def test_an_optional_input_that_was_not_sent_is_absent() -> None:
    seen: list[set[str]] = []

    def note(inputs: Inputs) -> Outputs:
        seen.append(set(inputs))
        return {}

    execute(StandInPbUtils, ScriptedModel(note), [request(1), request(1, OPTION=5)])
    assert seen == [{"X"}, {"X", "OPTION"}]


class TestBadRequest:
    def test_is_answered_with_its_message(self) -> None:
        (response,) = execute(StandInPbUtils, ScriptedModel(double), [request(-1)])
        assert (response.error.message, response.error.code) == ("X is negative", "INVALID_ARG")

    def test_fails_alone(self) -> None:
        found = answers(execute(StandInPbUtils, ScriptedModel(double), [request(1), request(-1), request(2)]))
        assert found == [2, "INVALID_ARG", 4]

    def test_with_an_unreadable_tensor_fails_alone(self) -> None:
        broken = StandInRequest(BrokenTensor("X", np.zeros(1)))
        found = answers(execute(StandInPbUtils, ScriptedModel(double), [request(1), broken, request(2)]))
        assert (found[0], found[2]) == (2, 4)


class TestUnexpectedFailure:
    def test_fails_only_the_request_at_fault(self) -> None:
        found = answers(execute(StandInPbUtils, ScriptedModel(double), [request(1), request(99), request(2)]))
        assert found == [2, "INTERNAL", 4]

    def test_runs_the_requests_one_by_one(self) -> None:
        model = ScriptedModel(double)
        execute(StandInPbUtils, model, [request(1), request(99), request(2)])
        assert model.batches == [3, 1, 1, 1]

    def test_keeps_a_bad_request_apart_from_a_bug(self) -> None:
        found = answers(execute(StandInPbUtils, ScriptedModel(double), [request(-1), request(99)]))
        assert found == ["INVALID_ARG", "INTERNAL"]

    def test_names_the_exception_but_not_its_message(self) -> None:
        (response,) = execute(StandInPbUtils, ScriptedModel(double), [request(99)])
        assert response.error.message == "the model failed: RuntimeError"

    def test_is_logged_with_its_traceback(self, caplog: pytest.LogCaptureFixture) -> None:
        execute(StandInPbUtils, ScriptedModel(double), [request(99)])
        assert [record.exc_info is not None for record in caplog.records] == [True]


class TestCancelledRequest:
    @pytest.fixture
    def cancelled(self) -> StandInRequest:
        return StandInRequest(StandInTensor("X", np.array([7])), cancelled=True)

    def test_is_not_run(self, cancelled: StandInRequest) -> None:
        model = ScriptedModel(double)
        execute(StandInPbUtils, model, [request(1), cancelled])
        assert model.batches == [1]

    def test_is_answered_in_its_place(self, cancelled: StandInRequest) -> None:
        found = answers(execute(StandInPbUtils, ScriptedModel(double), [request(1), cancelled, request(2)]))
        assert found == [2, "CANCELLED", 4]

    def test_alone_leaves_nothing_to_run(self, cancelled: StandInRequest) -> None:
        model = ScriptedModel(double)
        execute(StandInPbUtils, model, [cancelled])
        assert model.batches == []


def test_parameters_are_read_from_the_configuration() -> None:
    config = {"name": "m", "parameters": {"beam_size": {"string_value": "4"}, "target": {"string_value": "DE"}}}
    assert parameters(json.dumps(config)) == {"beam_size": "4", "target": "DE"}


def test_a_configuration_without_parameters_has_none() -> None:
    assert parameters('{"parameters": {}}') == {}
