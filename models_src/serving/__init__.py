"""Starting a real Triton over the model repository without Docker, and the API in front of it."""
