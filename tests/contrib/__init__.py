"""The adapters, each in the real framework: sites that run as programs of their own."""
