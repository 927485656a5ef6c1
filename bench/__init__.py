"""Measurements: ratios inside one interleaved run, never absolute times."""
