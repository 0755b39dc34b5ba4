"""The parts of the command that writes the pages about operations; see ``reference.py``."""
