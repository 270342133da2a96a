"""news.vnanet.vn: the Vietnam News Agency (TTXVN) itself."""

from __future__ import annotations

from spiders.families import Unknown


class VnanetSpider(Unknown):
    name = "vnanet"
    title = "Thông tấn xã Việt Nam"
    home = "https://news.vnanet.vn"
