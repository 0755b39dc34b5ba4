"""Notarization requests."""
