"""Articles and queries for benchmarks of the store: the same ones in every run."""
