"""HTTP API of Triton Translate: FastAPI in front of the translation ensembles that Triton serves."""

__all__ = ["__version__"]

__version__ = "0.1.0"
