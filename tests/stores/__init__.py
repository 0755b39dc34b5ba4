"""Tests of the token stores."""
