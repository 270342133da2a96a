"""happyvietnam.vnanet.vn: photos and clips, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Unknown


class HappyvietnamSpider(Unknown):
    name = "happyvietnam"
    title = "Happy Vietnam"
    home = "https://happyvietnam.vnanet.vn"
