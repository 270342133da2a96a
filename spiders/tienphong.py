"""tienphong.vn: Tiền Phong."""

from __future__ import annotations

import re

from spiders.families import PostNumbers


class TienphongSpider(PostNumbers):
    name = "tienphong"
    title = "Tiền Phong"
    home = "https://tienphong.vn"
    article_path = re.compile(r"-post\d+\.tpo$")
