"""What takes more than one request: waiting, creating and sending, downloads."""
