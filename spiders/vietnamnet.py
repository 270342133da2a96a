"""vietnamnet.vn: VietNamNet."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.explored import ExploredSpider
from spiders.families import REPORTED


class VietnamnetSpider(ExploredSpider):
    name = "vietnamnet"
    title = "VietNamNet"
    home = "https://vietnamnet.vn"
    family = "its own"
    checked = REPORTED
    article_path = re.compile(r"-\d{5,}\.html$")
    feeds = ("/rss/thoi-su.rss",)
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\bcontent-detail-sapo\b"""),
    }
