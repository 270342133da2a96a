"""vietnam.vnanet.vn: Vietnam Pictorial, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Unknown


class VietnampictorialSpider(Unknown):
    name = "vietnampictorial"
    title = "Báo ảnh Việt Nam"
    home = "https://vietnam.vnanet.vn"
