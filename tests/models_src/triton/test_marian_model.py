"""The ``marian_en_xx`` models: a dynamic batch of ids to tensors of ranked hypotheses."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pytest
from pydantic import ValidationError

from models_src.checkpoint import CheckpointError
from models_src.engines import DecodingOptions, Hypothesis
from models_src.postprocess import PostprocessSettings
from models_src.tokenizer import Tokenizer
from models_src.translator import Translator
from models_src.triton.execution import Inputs, InvalidRequestError, Outputs
from models_src.triton.marian_model import MAX_BEAM_SIZE, MarianModel, MarianSettings
from models_src.triton.tokenize_model import pad
from tests.models_src.stand_ins import ScriptedEngine, attending_in_order, hypothesis

PARAMETERS = {"checkpoint": "models_src/weights/en-de", "target": "DE"}
MAX_LENGTH = 64
ALTERNATIVES = ("Wasser", "Garten", "Hund", "Tee", "Auto", "Buch", "Stadt", "Bruder")


@pytest.fixture
def engine(tokenizer: Tokenizer) -> ScriptedEngine:
    """Answers with the source, then with as many other words as there are beams; scores are -1, -2, and so on."""

    def script(source: Sequence[int], options: DecodingOptions) -> list[Hypothesis]:
        others = [tokenizer.encode(word)[:-1] for word in ALTERNATIVES]
        texts = [source[:-1], *others][: options.beam_size]
        return [hypothesis(ids, (-1.0 - rank) * (len(ids) + 1)) for rank, ids in enumerate(texts)]

    return ScriptedEngine(script)


@pytest.fixture
def model(tokenizer: Tokenizer, engine: ScriptedEngine) -> MarianModel:
    settings = MarianSettings.from_parameters({**PARAMETERS, "beam_size": "3"})
    translator = Translator(tokenizer, engine, PostprocessSettings(score_threshold=-50), MAX_LENGTH)
    return MarianModel(translator, tokenizer, settings, MAX_LENGTH)


def inputs(tokenizer: Tokenizer, *texts: str, **options: Sequence[int]) -> dict[str, npt.NDArray[np.int32]]:
    """One request as the ``tokenize`` model would pass it on."""
    ids, lengths = pad([tokenizer.encode(text) for text in texts], tokenizer.pad_id, MAX_LENGTH)
    columns = {name.upper(): np.array(values, dtype=np.int32).reshape(-1, 1) for name, values in options.items()}
    return {"INPUT_IDS_DE": ids, "INPUT_LENGTH_DE": lengths, **columns}


def run(model: MarianModel, *batch: Inputs) -> list[Outputs]:
    outcomes = model.run(batch)
    return [outcome for outcome in outcomes if not isinstance(outcome, InvalidRequestError)]


def refusal(model: MarianModel, request: Inputs) -> str:
    (outcome,) = model.run([request])
    assert isinstance(outcome, InvalidRequestError)
    return str(outcome)


def decoded(outputs: Outputs, name: str = "HYPOTHESES_DE") -> list[list[str]]:
    return [[cell.decode() for cell in row] for row in outputs[name]]


class TestOutputs:
    @pytest.mark.parametrize(
        ("name", "dtype"),
        [
            ("HYPOTHESES_DE", np.object_),
            ("SCORES_DE", np.float32),
            ("CONFIDENCES_DE", np.float32),
            ("FLAGS_DE", np.object_),
            ("ALIGNMENTS_DE", np.object_),
        ],
    )
    def test_have_one_row_for_each_text_and_one_column_for_each_hypothesis(
        self, model: MarianModel, tokenizer: Tokenizer, name: str, dtype: type
    ) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog", "house", num_hypotheses=[3, 3]))
        assert outputs[name].shape == (2, 3)
        assert outputs[name].dtype == dtype

    def test_have_one_column_when_the_number_is_absent(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog", "house"))
        assert decoded(outputs) == [["dog"], ["house"]]

    def test_are_as_wide_as_the_largest_number_in_the_request(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog", "house", num_hypotheses=[1, 3]))
        assert decoded(outputs) == [["dog", "", ""], ["house", "Wasser", "Garten"]]

    def test_hold_scores_and_confidences_best_first(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog", num_hypotheses=[3]))
        assert (np.diff(outputs["SCORES_DE"]) < 0).all()
        assert np.allclose(outputs["CONFIDENCES_DE"], np.exp(outputs["SCORES_DE"]))

    def test_join_the_flags_of_a_hypothesis_by_commas(self, tokenizer: Tokenizer) -> None:
        engine = ScriptedEngine(
            lambda _source, _options: [hypothesis(tokenizer.encode("ja ja ja")[:-1], -900.0, finished=False)]
        )
        settings = MarianSettings.from_parameters(PARAMETERS)
        translator = Translator(tokenizer, engine, settings.postprocess, MAX_LENGTH)
        (outputs,) = run(MarianModel(translator, tokenizer, settings, MAX_LENGTH), inputs(tokenizer, "yes"))
        assert decoded(outputs, "FLAGS_DE") == [["repetition,truncated,low_score"]]

    def test_of_a_sound_hypothesis_have_no_flags(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog"))
        assert decoded(outputs, "FLAGS_DE") == [[""]]

    def test_mark_the_cells_without_a_hypothesis(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog", "house", num_hypotheses=[1, 2]))
        cell = tuple(outputs[f"{name}_DE"][0, 1] for name in ("HYPOTHESES", "SCORES", "CONFIDENCES", "FLAGS"))
        assert cell == (b"", -np.inf, 0, b"padding")

    def test_of_a_blank_text_are_an_empty_text(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, " "))
        found = decoded(outputs), decoded(outputs, "FLAGS_DE"), outputs["SCORES_DE"].tolist()
        assert found == ([[""]], [[""]], [[0]])


class TestTooLongText:
    def test_is_flagged_instead_of_translated(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "word " * 100, num_hypotheses=[2]))
        assert decoded(outputs, "FLAGS_DE") == [["too_long", "padding"]]

    def test_does_not_shift_its_neighbours(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "dog", "word " * 100, "house"))
        assert decoded(outputs) == [["dog"], [""], ["house"]]

    def test_of_exactly_the_maximum_is_translated(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        text = "a " * (MAX_LENGTH - 1)
        assert len(tokenizer.encode(text)) == MAX_LENGTH
        (outputs,) = run(model, inputs(tokenizer, text))
        assert decoded(outputs) == [[text.strip()]]


class TestBatch:
    def test_of_requests_of_different_lengths_is_one_engine_call(
        self, model: MarianModel, engine: ScriptedEngine, tokenizer: Tokenizer
    ) -> None:
        run(model, inputs(tokenizer, "dog"), inputs(tokenizer, "the old house", "a red car"))
        assert [len(sources) for sources, _options in engine.calls] == [3]

    def test_decodes_no_padding(self, model: MarianModel, engine: ScriptedEngine, tokenizer: Tokenizer) -> None:
        run(model, inputs(tokenizer, "dog", "the old house by the river"))
        assert sorted(engine.calls[0][0]) == sorted(
            tokenizer.encode(text) for text in ("dog", "the old house by the river")
        )

    def test_of_mixed_sizes_and_numbers_is_sliced_back(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        found = run(
            model,
            inputs(tokenizer, "dog", "house", num_hypotheses=[2, 1]),
            inputs(tokenizer, "car"),
            inputs(tokenizer, "tea", num_hypotheses=[3], beam_size=[5]),
        )
        assert [decoded(outputs) for outputs in found] == [
            [["dog", "Wasser"], ["house", ""]],
            [["car"]],
            [["tea", "Wasser", "Garten"]],
        ]

    def test_keeps_a_bad_request_apart(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        good, bad = inputs(tokenizer, "dog"), inputs(tokenizer, "house", num_hypotheses=[0])
        outcomes = model.run([good, bad, good])
        assert [isinstance(outcome, InvalidRequestError) for outcome in outcomes] == [False, True, False]


class TestOptions:
    @pytest.mark.parametrize(("beam_size", "used"), [(0, 3), (1, 1), (MAX_BEAM_SIZE, MAX_BEAM_SIZE)])
    def test_beam_size_0_is_the_configured_one(
        self, model: MarianModel, engine: ScriptedEngine, tokenizer: Tokenizer, beam_size: int, used: int
    ) -> None:
        run(model, inputs(tokenizer, "dog", beam_size=[beam_size]))
        assert engine.calls[0][1].beam_size == used

    def test_an_absent_beam_size_is_the_configured_one(
        self, model: MarianModel, engine: ScriptedEngine, tokenizer: Tokenizer
    ) -> None:
        run(model, inputs(tokenizer, "dog"))
        assert engine.calls[0][1].beam_size == 3

    @pytest.mark.parametrize("number", [-1, 0, MAX_BEAM_SIZE + 1])
    def test_numbers_of_hypotheses_out_of_range_are_refused(
        self, model: MarianModel, tokenizer: Tokenizer, number: int
    ) -> None:
        message = refusal(model, inputs(tokenizer, "dog", "tea", num_hypotheses=[1, number]))
        assert message == "NUM_HYPOTHESES must be from 1 to 16"

    @pytest.mark.parametrize("size", [-1, MAX_BEAM_SIZE + 1])
    def test_beam_sizes_out_of_range_are_refused(self, model: MarianModel, tokenizer: Tokenizer, size: int) -> None:
        message = refusal(model, inputs(tokenizer, "dog", "tea", beam_size=[1, size]))
        assert message == "BEAM_SIZE must be from 1 to 16, or 0 for the model's own"


class TestAlignment:
    @pytest.fixture
    def engine(self) -> ScriptedEngine:
        return ScriptedEngine(attending_in_order)

    def test_is_empty_for_rows_that_do_not_ask(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        (outputs,) = run(model, inputs(tokenizer, "the dog", "tea", alignment=[1, 0]))
        assert decoded(outputs, "ALIGNMENTS_DE") == [["0-0 1-1"], [""]]

    def test_is_not_asked_for_when_the_option_is_absent(
        self, model: MarianModel, engine: ScriptedEngine, tokenizer: Tokenizer
    ) -> None:
        run(model, inputs(tokenizer, "dog"))
        assert not engine.calls[0][1].attention

    @pytest.mark.parametrize("value", [-1, 2])
    def test_is_either_asked_for_or_not(self, model: MarianModel, tokenizer: Tokenizer, value: int) -> None:
        assert refusal(model, inputs(tokenizer, "dog", alignment=[value])) == "ALIGNMENT must be 0 or 1"


class TestIds:
    @pytest.mark.parametrize("index", [-1, 8000])
    def test_outside_the_vocabulary_are_refused(self, model: MarianModel, tokenizer: Tokenizer, index: int) -> None:
        request = inputs(tokenizer, "the dog")
        request["INPUT_IDS_DE"][0, 0] = index
        assert refusal(model, request) == "INPUT_IDS_DE holds an id outside the vocabulary of 8000"

    def test_outside_the_vocabulary_in_the_padding_do_not_matter(
        self, model: MarianModel, tokenizer: Tokenizer
    ) -> None:
        request = inputs(tokenizer, "dog", "the old house")
        request["INPUT_IDS_DE"][0, -1] = -1
        assert decoded(run(model, request)[0]) == [["dog"], ["the old house"]]

    @pytest.mark.parametrize("length", [-1, 0, 9])
    def test_of_impossible_length_are_refused(self, model: MarianModel, tokenizer: Tokenizer, length: int) -> None:
        request = inputs(tokenizer, "dog")
        request["INPUT_LENGTH_DE"][0, 0] = length
        width = request["INPUT_IDS_DE"].shape[1]
        assert refusal(model, request) == f"INPUT_LENGTH_DE must be from 1 to the width of INPUT_IDS_DE, {width}"

    def test_without_an_end_of_sequence_are_refused(self, model: MarianModel, tokenizer: Tokenizer) -> None:
        request = inputs(tokenizer, "the dog")
        request["INPUT_LENGTH_DE"][0, 0] -= 1
        assert refusal(model, request) == "INPUT_IDS_DE must end with the end-of-sequence id 0"


class TestSettings:
    def test_are_read_from_parameters(self) -> None:
        settings = MarianSettings.from_parameters({**PARAMETERS, "engine": "transformers", "engine_threads": "2"})
        assert (settings.engine, settings.engine_threads, settings.beam_size) == ("transformers", 2, 4)

    def test_pass_thresholds_on_to_the_postprocessing(self) -> None:
        settings = MarianSettings.from_parameters({**PARAMETERS, "score_threshold": "-2.5"})
        assert settings.postprocess == PostprocessSettings(score_threshold=-2.5)

    @pytest.mark.parametrize(
        "wrong",
        [
            {"engine": "marian"},
            {"beam_size": "0"},
            {"engine_threads": "0"},
            {"target": "german"},
            {"suppression_iou": "2"},
            {"unheard_of": "1"},
        ],
    )
    def test_out_of_range_or_unknown_are_refused(self, wrong: dict[str, str]) -> None:
        with pytest.raises(ValidationError):
            MarianSettings.from_parameters({**PARAMETERS, **wrong})


class TestLoading:
    def test_gives_a_model_that_translates(self, tokenizer: Tokenizer) -> None:
        (outputs,) = run(MarianModel.from_parameters(PARAMETERS), inputs(tokenizer, "The dog is sleeping."))
        assert decoded(outputs) == [["Der Hund schläft."]]

    def test_translates_once_so_that_the_first_user_does_not_wait(
        self, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("models_src.triton.marian_model.load_engine", lambda *_arguments: engine)
        MarianModel.from_parameters(PARAMETERS)
        assert [len(sources) for sources, _options in engine.calls] == [1]

    def test_says_what_to_do_about_a_missing_checkpoint(self) -> None:
        with pytest.raises(CheckpointError, match="set TRANSLATE_WEIGHTS"):
            MarianModel.from_parameters({**PARAMETERS, "checkpoint": "/nowhere/en-de"})
