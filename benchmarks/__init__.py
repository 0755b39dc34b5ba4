"""Benchmarks: tables to read, no test. ``python benchmarks/run.py`` runs them all."""
