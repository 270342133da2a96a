"""Articles out of the house: one format, one file."""
