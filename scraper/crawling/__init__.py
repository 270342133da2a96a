"""Scrapy glue: requests, limits, replay, settings of a run."""

ALLOW_PRIVATE = "TINSACH_ALLOW_PRIVATE"
"""Setting, and environment variable: where it is true, no address is refused as private."""
