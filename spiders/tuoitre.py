"""tuoitre.vn: Tuổi Trẻ."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.families import Stamped


class TuoitreSpider(Stamped):
    name = "tuoitre"
    title = "Tuổi Trẻ"
    home = "https://tuoitre.vn"
    feeds = ("/rss/tin-moi-nhat.rss",)
    sitemap = "/sitemap.xml"
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\bdetail-sapo\b"""),
    }
