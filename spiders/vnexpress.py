"""vnexpress.net: VnExpress."""

from __future__ import annotations

import re
from typing import ClassVar
from zoneinfo import ZoneInfo

from spiders.explored import ExploredSpider
from spiders.families import REPORTED


class VnexpressSpider(ExploredSpider):
    name = "vnexpress"
    title = "VnExpress"
    home = "https://vnexpress.net"
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    family = "its own"
    checked = REPORTED
    article_path = re.compile(r"-\d{7}\.html$")
    feeds = ("/rss/tin-moi-nhat.rss",)
    sitemap = "/google-news-sitemap.xml"
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\btitle-detail\b"""),
    }
