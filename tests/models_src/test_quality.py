"""The whole pipeline, from text to the tensors that a client gets, reaches its floors of translation quality."""

import numpy as np
import pytest
import sacrebleu

from models_src.triton.execution import Inputs, InvalidRequestError
from models_src.triton.marian_model import MarianModel
from models_src.triton.tokenize_model import TokenizeModel
from tests.models_src.stand_ins import BUNDLED_WEIGHTS

# chrF2 of the bundled models on tests/data/sentences.json: measured 65.6 (de) and 70.6 (fr), less 2 points.
CHRF_FLOORS = {"de": 63.6, "fr": 68.6}


@pytest.fixture(scope="module")
def tokenized(sentences: list[dict[str, str]]) -> Inputs:
    model = TokenizeModel.from_parameters(
        {f"checkpoint_{language}": str(BUNDLED_WEIGHTS / f"en-{language}") for language in CHRF_FLOORS}
    )
    texts = np.array([[sentence["en"].encode()] for sentence in sentences], dtype=np.object_)
    (outputs,) = model.run([{"TEXT": texts}])
    assert not isinstance(outputs, InvalidRequestError)
    return outputs


@pytest.fixture(scope="module")
def translations(language: str, tokenized: Inputs) -> list[str]:
    """The best hypothesis of every sentence."""
    model = MarianModel.from_parameters(
        {"checkpoint": str(BUNDLED_WEIGHTS / f"en-{language}"), "target": language.upper()}
    )
    (outputs,) = model.run([tokenized])
    assert not isinstance(outputs, InvalidRequestError)
    return [row[0].decode() for row in outputs[f"HYPOTHESES_{language.upper()}"]]


def test_translations_reach_the_floor(language: str, translations: list[str], sentences: list[dict[str, str]]) -> None:
    references = [sentence[language] for sentence in sentences]
    assert sacrebleu.corpus_chrf(translations, [references]).score >= CHRF_FLOORS[language]


def test_every_sentence_is_translated(translations: list[str]) -> None:
    assert all(translations)


class TestSentences:
    def test_are_enough_to_judge_by(self, sentences: list[dict[str, str]]) -> None:
        assert len(sentences) >= 64

    def test_have_3_to_25_words(self, sentences: list[dict[str, str]]) -> None:
        assert {len(sentence["en"].split()) for sentence in sentences} <= set(range(3, 26))

    def test_have_one_reference_in_each_language(self, sentences: list[dict[str, str]]) -> None:
        assert all(sentence.keys() == {"en", "de", "fr"} and all(sentence.values()) for sentence in sentences)

    def test_are_all_different(self, sentences: list[dict[str, str]]) -> None:
        assert len({sentence["en"] for sentence in sentences}) == len(sentences)
