"""Sentences translated in the log while training: a falling loss alone can hide a model that ignores its input."""

__all__ = ["SAMPLE_SENTENCES"]

SAMPLE_SENTENCES = (
    "The old bridge was closed last winter because the ice had damaged two of its pillars.",
    "Could you tell me where the nearest pharmacy is?",
    "Researchers in Norway say that warmer rivers are changing the way young salmon feed.",
    "My sister bought a used bicycle for 85 euros and repaired it herself.",
    "The city council will vote on the new budget next Tuesday.",
)
