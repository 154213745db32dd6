"""Measurements: what things cost, as ratios within one run."""
