"""Greedy search with the training network, for dev scores and for the sample translations while training."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional

from models_src.train.model import CompactMarian
from models_src.train.vocabulary import EOS_ID, Vocabulary

__all__ = ["greedy", "translate"]


@torch.inference_mode()
def greedy(model: CompactMarian, language: str, source: Tensor, max_length: int) -> Tensor:
    """Source ids int64 [batch, time] -> target ids int64 [batch, <= max_length], without the start symbol."""
    memory, bias = model.encode(source)
    decoder, vocab = model.decoder(language), model.config.vocab_size - 1
    table, offset = model.embedding[:vocab].to(memory.dtype), decoder.output_bias[:vocab].to(memory.dtype)
    ids = torch.full((len(source), 1), model.start_id(language), device=source.device)
    done = torch.zeros(len(source), dtype=torch.bool, device=source.device)
    for _ in range(max_length):
        hidden = model.decode(language, ids, memory, bias)[:, -1]
        following = (
            functional.linear(hidden.to(memory.dtype), table, offset).argmax(1).masked_fill(done, model.config.pad_id)
        )
        ids = torch.cat([ids, following[:, None]], dim=1)
        done |= following == EOS_ID
        if bool(done.all()):
            break
    return ids[:, 1:]


def translate(
    model: CompactMarian,
    vocabulary: Vocabulary,
    language: str,
    texts: Sequence[str],
    *,
    batch: int = 64,
    max_length: int = 90,
) -> list[str]:
    """Translate texts in batches of like length, in the caller's order."""
    device = model.embedding.device
    encoded = [ids[:max_length] for ids in vocabulary.encode(texts)]
    order = sorted(range(len(texts)), key=lambda i: len(encoded[i]))
    results = [""] * len(texts)
    for first in range(0, len(order), batch):
        chosen = order[first : first + batch]
        longest = max(len(encoded[i]) for i in chosen) + 1
        source = torch.full((len(chosen), longest), vocabulary.pad_id)
        for row, i in enumerate(chosen):
            source[row, : len(encoded[i]) + 1] = torch.tensor([*encoded[i], EOS_ID])
        with torch.autocast(device.type, dtype=torch.bfloat16):
            outputs = greedy(model, language, source.to(device), min(max_length, 2 * longest + 10))
        for i, ids in zip(chosen, outputs.tolist(), strict=True):
            results[i] = vocabulary.decode(ids)
    return results
