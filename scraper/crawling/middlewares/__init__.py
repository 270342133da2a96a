"""Downloader and spider middlewares, named in scraper.settings."""
