"""The models as Triton's Python backend runs them; each ``model_repository/*/1/model.py`` only wires one up."""
