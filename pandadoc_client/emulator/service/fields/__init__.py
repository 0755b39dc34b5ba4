"""The fields of a document."""
