"""Scrapy glue: requests, limits, replay, settings of a run."""

ALLOW_PRIVATE = "TINSACH_ALLOW_PRIVATE"
"""Setting, and environment variable: where it is true, no address is refused as private."""
FEED_EXPORTERS = {"csv": "scraper.feeds.CsvFeed", "xml": "scraper.feeds.XmlFeed"}
"""Setting: what writes the feeds that Scrapy's own exporters cannot write."""
