"""vietnamplus.vn: VietnamPlus, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.families import PostNumbers


class VietnamplusSpider(PostNumbers):
    name = "vietnamplus"
    title = "VietnamPlus"
    home = "https://www.vietnamplus.vn"
    # Older articles: /<number>.vnp.
    article_path = re.compile(r"-post\d+\.vnp$|^/\d+\.vnp$")
    sitemap = "/sitemap.xml"
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\barticle__title\b"""),
    }
