"""sachthongtan.vn: the publishing house of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Unknown


class SachthongtanSpider(Unknown):
    name = "sachthongtan"
    title = "Nhà xuất bản Thông tấn"
    home = "https://sachthongtan.vn"
