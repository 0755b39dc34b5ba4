"""Exports of documents as DOCX."""
