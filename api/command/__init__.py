"""The command `tt`: translates arguments, files and pipes by a running server."""
