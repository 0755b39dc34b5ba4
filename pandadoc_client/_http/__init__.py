"""HTTP: requests and responses as data, when to send again, and how bytes get to a server and back."""
