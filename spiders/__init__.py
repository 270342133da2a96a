"""One site, one file: what is true of that site only."""
