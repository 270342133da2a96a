"""Scrapy glue: requests, limits, replay, settings of a run."""
