"""Summaries, content, AI metadata and search."""
