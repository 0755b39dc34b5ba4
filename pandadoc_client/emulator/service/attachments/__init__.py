"""The attachments of a document."""
