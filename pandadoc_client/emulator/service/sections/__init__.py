"""Sections (bundles) of a document."""
