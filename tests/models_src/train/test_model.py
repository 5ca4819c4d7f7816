from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional
from transformers import MarianMTModel, MarianTokenizer

from models_src.convert import convert
from models_src.train.export import export, marian_config
from models_src.train.loss import smoothed_cross_entropy
from models_src.train.marian_weights import from_marian, to_marian
from models_src.train.model import CompactMarian, FeedForward, ModelConfig
from models_src.train.vocabulary import Vocabulary
from models_src.train.warmstart import narrow_ffn


def trained_looking(config: ModelConfig) -> CompactMarian:
    """A split model whose biases and norms are not at their initial values."""
    torch.manual_seed(0)
    model = CompactMarian(config, tuple(config.tags))
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name != "embedding":
                parameter.add_(0.1 * torch.randn_like(parameter))
    return model


def test_the_loss_is_pytorchs_own_with_its_gradients() -> None:
    torch.manual_seed(0)
    hidden, weight, bias = torch.randn(50, 16), torch.randn(31, 16), torch.randn(31)
    target = torch.randint(0, 30, (50,))
    leaves = [t.requires_grad_() for t in (hidden, weight, bias)]
    loss, nll = smoothed_cross_entropy(hidden, weight, bias, target, 0.1)
    ours = torch.autograd.grad(loss, leaves)
    logits = functional.linear(hidden, weight[:30], bias[:30])
    expected = functional.cross_entropy(logits, target, label_smoothing=0.1)
    theirs = torch.autograd.grad(expected, leaves)
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    assert nll.item() == pytest.approx(functional.cross_entropy(logits, target).item(), rel=1e-5)
    assert all(torch.allclose(mine, other, atol=1e-6) for mine, other in zip(ours, theirs, strict=True))


def test_transformers_computes_the_same_after_export(config: ModelConfig) -> None:
    model = trained_looking(config).eval()
    marian: Any = MarianMTModel(marian_config(config)).eval()  # type: ignore[no-untyped-call]
    marian.load_state_dict(to_marian(model, "fr"), strict=False)
    marian.tie_weights()
    source = torch.randint(4, config.pad_id, (3, 9))
    source[1, 6:] = config.pad_id
    target = torch.randint(4, config.pad_id, (3, 7))
    inputs = torch.cat([torch.full((3, 1), config.pad_id), target[:, :-1]], dim=1)
    with torch.no_grad():
        decoder = model.decoder("fr")
        ours = functional.linear(model("fr", source, target), model.embedding, decoder.output_bias)
        theirs = marian(
            input_ids=source, attention_mask=(source != config.pad_id).long(), decoder_input_ids=inputs
        ).logits
    assert torch.allclose(ours, theirs, atol=1e-4)


def test_weights_survive_the_way_to_marian_and_back(config: ModelConfig) -> None:
    model = trained_looking(config)
    back = from_marian(to_marian(model, "de"), config.encoder_layers, config.decoder_layers, "de")
    state = model.state_dict()
    assert back.keys() == {name for name in state if not name.startswith("decoders.fr")}
    assert all(torch.equal(value, state[name]) for name, value in back.items())


def test_an_exported_folder_loads_everywhere(config: ModelConfig, vocabulary: Vocabulary, tmp_path: Path) -> None:
    model = trained_looking(config)
    export(model, vocabulary, "de", tmp_path / "hf")
    assert {path.name for path in (tmp_path / "hf").iterdir()} == {
        "config.json", "generation_config.json", "model.safetensors", "source.spm", "target.spm", "vocab.json",
        "tokenizer_config.json",
    }  # fmt: skip
    tokenizer = MarianTokenizer.from_pretrained(tmp_path / "hf")
    assert tokenizer("Kara lopel.").input_ids == [*vocabulary.encode(["Kara lopel."])[0], 0]
    reloaded = MarianMTModel.from_pretrained(tmp_path / "hf")
    assert reloaded.generation_config.num_beams == 4
    assert convert(tmp_path / "hf", tmp_path / "serving").ctranslate2_folder().is_dir()


def test_a_model_before_the_split_is_not_exported(config: ModelConfig, vocabulary: Vocabulary, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="past the split"):
        export(CompactMarian(config), vocabulary, "de", tmp_path)


def test_the_split_gives_every_language_the_joint_decoder(config: ModelConfig) -> None:
    model = CompactMarian(config)
    joint = {name: value.clone() for name, value in model.decoder("de").state_dict().items()}
    assert model.start_id("de") == config.tags["de"]
    model.split(["de", "fr"])
    assert model.start_id("de") == config.pad_id
    for language in ("de", "fr"):
        assert all(torch.equal(v, joint[k]) for k, v in model.decoder(language).state_dict().items())
    assert model.decoder("de") is not model.decoder("fr")


def test_narrowing_removes_dead_neurons_first(config: ModelConfig) -> None:
    layer = FeedForward(config.d_model, config.encoder_ffn)
    with torch.no_grad():
        layer.down.weight[:, 7] = 0
    weights = {f"ffn.{name}": value for name, value in layer.state_dict().items()}
    narrow_ffn(weights, "ffn", config.encoder_ffn - 1)
    smaller = FeedForward(config.d_model, config.encoder_ffn - 1)
    smaller.load_state_dict({name.removeprefix("ffn."): value for name, value in weights.items()})
    x = torch.randn(1, 3, config.d_model)
    assert torch.allclose(smaller(x), layer(x), atol=1e-5)
