"""The store in a browser, read only: Datasette, with our search and a page an article.

What is named here loads without the extra ``browse``.
"""

from __future__ import annotations

from scraper.browsing.serving import is_loopback, serve

__all__ = ["is_loopback", "serve"]
