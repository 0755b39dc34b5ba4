"""Content library items."""
