"""dantri.com.vn: Dân trí."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.families import Stamped


class DantriSpider(Stamped):
    name = "dantri"
    title = "Dân trí"
    home = "https://dantri.com.vn"
    feeds = ("/rss/home.rss",)
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\bsingular-sapo\b"""),
    }
