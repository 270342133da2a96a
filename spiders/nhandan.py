"""nhandan.vn: Nhân Dân."""

from __future__ import annotations

import re

from spiders.families import PostNumbers


class NhandanSpider(PostNumbers):
    name = "nhandan"
    title = "Nhân Dân"
    home = "https://nhandan.vn"
    article_path = re.compile(r"-post\d+\.html$")
