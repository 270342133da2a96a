"""The word stock of the generator: patterns with ``{slots}``, written for it."""
