"""Quotes and pricing tables."""
