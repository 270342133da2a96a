"""thanhnien.vn: Thanh Niên."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.families import Stamped


class ThanhnienSpider(Stamped):
    name = "thanhnien"
    title = "Thanh Niên"
    home = "https://thanhnien.vn"
    feeds = ("/rss/home.rss",)
    sitemap = "/sitemap.xml"
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\bdetail-sapo\b"""),
    }
