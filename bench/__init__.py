"""Figures of quality and speed, each beside its peers in the same run."""
