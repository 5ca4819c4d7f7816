"""Subtitles: cues, and the sentences that run across them."""
