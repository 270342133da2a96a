"""znews.vn: Znews."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.explored import ExploredSpider
from spiders.families import REPORTED


class ZnewsSpider(ExploredSpider):
    name = "znews"
    title = "Znews"
    home = "https://znews.vn"
    family = "its own"
    checked = REPORTED
    article_path = re.compile(r"-post\d+\.html$")
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\bthe-article-title\b"""),
    }
