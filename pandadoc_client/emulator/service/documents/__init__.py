"""Documents: their lifecycle, settings, sessions and downloads."""
