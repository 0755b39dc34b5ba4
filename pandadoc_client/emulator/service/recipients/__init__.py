"""The recipients of a document, and reminders to them."""
