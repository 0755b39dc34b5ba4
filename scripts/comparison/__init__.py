"""What differs between two OpenAPI documents; for ``scripts/compare.py``."""
