"""Scrapy settings; named in scrapy.cfg, imported by nobody."""

SPIDER_MODULES = ["spiders"]
