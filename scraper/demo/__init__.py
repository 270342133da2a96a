"""The replica portal: a loopback server that behaves as baotintuc.vn does.

Its articles are written for it by a seeded generator, and it knows the truth of each
one: :meth:`Portal.truth`. It imports nothing else of this package.
"""

from __future__ import annotations

from scraper.demo.portal import Portal, Truth
from scraper.demo.server import Served, serving

__all__ = ["Portal", "Served", "Truth", "serving"]
