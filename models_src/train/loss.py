"""Label-smoothed cross entropy over the tied vocabulary, with the gradient computed on the way.

The plain form keeps logits, log-probabilities and their gradients of shape [tokens, vocabulary] alive at once, which
on a CPU costs more than the network. Here a block of rows goes through product, softmax and both gradient products
while it is in cache (the idea of "cut"/Liger fused cross entropy: Hsu et al. 2024, arXiv:2410.10989), in the working
precision.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

__all__ = ["smoothed_cross_entropy"]

CPU_ROWS = 512
CUDA_ROWS = 16384


class _TiedCrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(
        ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, target: Tensor, smoothing: float
    ) -> tuple[Tensor, Tensor]:
        rows, vocab = hidden.shape[0], weight.shape[0] - 1
        block = CUDA_ROWS if hidden.is_cuda else CPU_ROWS
        # The last row is <pad>, which is never predicted.
        table, offset = weight[:vocab].to(hidden.dtype), bias[:vocab].to(hidden.dtype)
        grad_hidden = torch.empty_like(hidden)
        grad_weight = torch.zeros_like(weight)
        grad_bias = torch.zeros_like(bias)
        totals = hidden.new_zeros(2, dtype=torch.float32)
        for first in range(0, rows, block):
            part, labels = hidden[first : first + block], target[first : first + block, None]
            logits = functional.linear(part, table, offset)
            chosen = logits.gather(1, labels).float()
            mean = logits.mean(1, keepdim=True, dtype=torch.float32)
            grad = torch.softmax(logits, 1)
            log_norm = chosen - grad.gather(1, labels).float().clamp_min(1e-30).log()
            totals[0] += ((1 - smoothing) * (log_norm - chosen) + smoothing * (log_norm - mean)).sum()
            totals[1] += (log_norm - chosen).sum()
            grad -= smoothing / vocab
            grad.scatter_add_(1, labels, torch.full_like(labels, -(1 - smoothing), dtype=grad.dtype))
            grad_hidden[first : first + block] = grad @ table
            grad_weight[:vocab] += grad.t() @ part
            grad_bias[:vocab] += grad.sum(0, dtype=torch.float32)
        ctx.save_for_backward(grad_hidden, grad_weight, grad_bias)
        loss, nll = totals / rows
        ctx.rows = rows
        ctx.mark_non_differentiable(nll)
        return loss, nll

    @staticmethod
    def backward(ctx: Any, grad_loss: Tensor, _: Tensor) -> tuple[Tensor, Tensor, Tensor, None, None]:
        hidden, weight, bias = ctx.saved_tensors
        scale = grad_loss / ctx.rows
        return hidden * scale.to(hidden.dtype), weight * scale, bias * scale, None, None


def smoothed_cross_entropy(
    hidden: Tensor, weight: Tensor, bias: Tensor, target: Tensor, smoothing: float = 0.1
) -> tuple[Tensor, Tensor]:
    """Mean smoothed loss (to be differentiated) and mean negative log-likelihood (to be reported), in nats a token.

    ``hidden`` [tokens, width] in the working precision; ``weight`` float32 [vocabulary, width], the tied embeddings,
    whose last row is ``<pad>``; ``bias`` float32 [vocabulary]; ``target`` int64 [tokens].
    """
    loss, nll = _TiedCrossEntropy.apply(hidden, weight, bias, target, smoothing)  # type: ignore[no-untyped-call]
    return loss, nll
