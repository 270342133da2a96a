"""Item pipelines, in the order they run in: validate, deduplicate, store."""
