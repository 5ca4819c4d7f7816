"""Texts as such: segmentation, documents, and putting translations together again. Pure: no I/O, no Triton, no HTTP."""
