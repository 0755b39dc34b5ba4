"""Templates and forms."""
