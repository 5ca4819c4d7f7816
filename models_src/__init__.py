"""The translation models: checkpoints, tokenization, decoding engines, postprocessing and their Triton side."""
