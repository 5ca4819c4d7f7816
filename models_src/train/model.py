"""The compact MarianMT network, written for training speed; ``export.py`` renames its weights for transformers.

The same function as ``transformers.MarianMTModel`` (post-norm transformer of Vaswani et al. 2017 with sinusoidal
positions, tied embeddings and an output bias), with three differences that do not show after export: query, key and
value are one product, dropout is left out (a short run never sees a pair more than a few times), and the decoder may
exist once per target language over one shared encoder. The encoder never sees which language is wanted: while there
is one joint decoder, its first input is the language's tag; after the split each decoder starts from ``<pad>``, as
Marian does.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

__all__ = ["JOINT", "CompactMarian", "ModelConfig", "sinusoids"]

JOINT = "joint"
MASKED = -1e4


@dataclass(frozen=True)
class ModelConfig:
    """Shape of the network; ``tags`` maps each target language to its tag's id."""

    vocab_size: int
    tags: dict[str, int]
    d_model: int = 256
    heads: int = 4
    encoder_layers: int = 4
    decoder_layers: int = 2
    encoder_ffn: int = 1024
    decoder_ffn: int = 512
    max_positions: int = 512

    @property
    def pad_id(self) -> int:
        """Id of ``<pad>``, the last row of the embeddings."""
        return self.vocab_size - 1

    def to_dict(self) -> dict[str, object]:
        """Plain form for checkpoints."""
        return asdict(self)


def sinusoids(positions: int, width: int) -> Tensor:
    """Marian's table, float32 [positions, width]: sines in the first half of the columns, cosines in the second."""
    steps = torch.arange(positions, dtype=torch.float64)[:, None]
    rates = torch.pow(10000.0, -2.0 * torch.arange(width // 2, dtype=torch.float64) / width)
    return torch.cat([torch.sin(steps * rates), torch.cos(steps * rates)], dim=1).float()


def attend(query: Tensor, key: Tensor, value: Tensor, bias: Tensor | None) -> Tensor:
    """Attention over [batch, heads, time, width]; ``bias`` is added to the scores.

    On a CPU the plain products are used: the backward pass of PyTorch's fused kernel took more than half of a step
    there.
    """
    if query.is_cuda:
        return functional.scaled_dot_product_attention(
            query, key, value, attn_mask=None if bias is None else bias.to(query.dtype)
        )
    scores = torch.matmul(query * query.shape[-1] ** -0.5, key.transpose(-1, -2))
    if bias is not None:
        scores = scores + bias.to(scores.dtype)
    return torch.matmul(scores.softmax(-1), value)


class Attention(nn.Module):
    """Multi-head attention with its residual and norm; ``kv`` is absent when keys come from the queries' own input."""

    def __init__(self, width: int, heads: int, *, cross: bool) -> None:
        super().__init__()
        self.heads = heads
        self.q = nn.Linear(width, width if cross else 3 * width)
        self.kv = nn.Linear(width, 2 * width) if cross else None
        self.out = nn.Linear(width, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, bias: Tensor | None, memory: Tensor | None = None) -> Tensor:
        """x [batch, time, width] -> same shape; ``memory`` [batch, source time, width] for cross attention."""
        batch, time, width = x.shape
        if self.kv is None or memory is None:
            packed = self.q(x).view(batch, time, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
            query, key, value = packed[0], packed[1], packed[2]
        else:
            query = self.q(x).view(batch, time, self.heads, -1).transpose(1, 2)
            packed = self.kv(memory).view(batch, memory.shape[1], 2, self.heads, -1).permute(2, 0, 3, 1, 4)
            key, value = packed[0], packed[1]
        mixed = attend(query, key, value, bias).transpose(1, 2).reshape(batch, time, width)
        normed: Tensor = self.norm(x + self.out(mixed))
        return normed


class FeedForward(nn.Module):
    """Two products with a ReLU between, residual and norm."""

    def __init__(self, width: int, inner: int) -> None:
        super().__init__()
        self.up = nn.Linear(width, inner)
        self.down = nn.Linear(inner, width)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor) -> Tensor:
        """x [batch, time, width] -> same shape."""
        normed: Tensor = self.norm(x + self.down(functional.relu(self.up(x), inplace=True)))
        return normed


class EncoderLayer(nn.Module):
    """Self attention and feed-forward."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention = Attention(config.d_model, config.heads, cross=False)
        self.ffn = FeedForward(config.d_model, config.encoder_ffn)

    def forward(self, x: Tensor, bias: Tensor) -> Tensor:
        """One layer over [batch, source time, width]."""
        out: Tensor = self.ffn(self.attention(x, bias))
        return out


class DecoderLayer(nn.Module):
    """Causal self attention, attention over the source, feed-forward."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.attention = Attention(config.d_model, config.heads, cross=False)
        self.cross = Attention(config.d_model, config.heads, cross=True)
        self.ffn = FeedForward(config.d_model, config.decoder_ffn)

    def forward(self, x: Tensor, causal: Tensor, memory: Tensor, bias: Tensor) -> Tensor:
        """One layer over [batch, target time, width]."""
        out: Tensor = self.ffn(self.cross(self.attention(x, causal), bias, memory))
        return out


class Decoder(nn.Module):
    """The layers and the output bias of one decoder."""

    def __init__(self, config: ModelConfig) -> None:
        super().__init__()
        self.layers = nn.ModuleList(DecoderLayer(config) for _ in range(config.decoder_layers))
        self.output_bias = nn.Parameter(torch.zeros(config.vocab_size))


class CompactMarian(nn.Module):
    """Shared embeddings and encoder with one joint decoder, or one decoder per language after ``split``."""

    positions: Tensor

    def __init__(self, config: ModelConfig, decoders: Sequence[str] = (JOINT,)) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Parameter(torch.empty(config.vocab_size, config.d_model))
        self.encoder = nn.ModuleList(EncoderLayer(config) for _ in range(config.encoder_layers))
        self.decoders = nn.ModuleDict({name: Decoder(config) for name in decoders})
        self.register_buffer("positions", sinusoids(config.max_positions, config.d_model), persistent=False)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Marian's habit: Glorot-uniform matrices, zero biases, embeddings of std d^-0.5 (then scaled by sqrt d)."""
        for name, parameter in self.named_parameters():
            if parameter.dim() < 2 or name == "embedding":
                continue
            blocks = parameter.shape[0] // self.config.d_model if ".q." in name or ".kv." in name else 1
            for block in parameter.data.chunk(blocks):
                nn.init.xavier_uniform_(block)
        for module in self.modules():
            if isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)
        nn.init.normal_(self.embedding, std=self.config.d_model**-0.5)
        with torch.no_grad():
            self.embedding[self.config.pad_id].zero_()

    def split(self, languages: Sequence[str]) -> None:
        """Replace the joint decoder by a copy of it for each language."""
        joint = self.decoders[JOINT]
        self.decoders = nn.ModuleDict({language: copy.deepcopy(joint) for language in languages})

    def decoder(self, language: str) -> Decoder:
        """The decoder that serves a language."""
        found = self.decoders[language if language in self.decoders else JOINT]
        return cast(Decoder, found)

    def start_id(self, language: str) -> int:
        """First decoder input: the tag for a joint decoder, ``<pad>`` for a language's own."""
        return self.config.pad_id if language in self.decoders else self.config.tags[language]

    def embed(self, ids: Tensor) -> Tensor:
        """Scaled embeddings with positions, [batch, time] -> [batch, time, width] in the working precision."""
        x = functional.embedding(ids, self.embedding, padding_idx=self.config.pad_id) * math.sqrt(self.config.d_model)
        x = x + self.positions[: ids.shape[1]]
        device = ids.device.type
        return x.to(torch.get_autocast_dtype(device)) if torch.is_autocast_enabled(device) else x

    def encode(self, source: Tensor) -> tuple[Tensor, Tensor]:
        """Source ids int64 [batch, time] -> memory [batch, time, width] and the additive mask [batch, 1, 1, time]."""
        bias = (source == self.config.pad_id)[:, None, None, :].to(torch.float32) * MASKED
        x = self.embed(source)
        for layer in self.encoder:
            x = layer(x, bias)
        return x, bias

    def decode(self, language: str, inputs: Tensor, memory: Tensor, bias: Tensor) -> Tensor:
        """Decoder inputs int64 [batch, time] (first is ``start_id``) -> hidden states [batch, time, width]."""
        time = inputs.shape[1]
        causal = torch.full((time, time), MASKED, device=inputs.device).triu(1)
        x = self.embed(inputs)
        for layer in self.decoder(language).layers:
            x = layer(x, causal, memory, bias)
        return x

    def forward(self, language: str, source: Tensor, target: Tensor) -> Tensor:
        """Teacher-forced hidden states [batch, time, width] that predict ``target`` int64 [batch, time]."""
        memory, bias = self.encode(source)
        start = torch.full_like(target[:, :1], self.start_id(language))
        return self.decode(language, torch.cat([start, target[:, :-1]], dim=1), memory, bias)
