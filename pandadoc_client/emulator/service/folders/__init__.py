"""Folders of documents and of templates."""
