"""Bytes of a feed, sitemap or section page to links with a kind and a time."""
