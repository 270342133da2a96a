"""thethaovanhoa.vn: sports and culture, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Unknown


class ThethaovanhoaSpider(Unknown):
    name = "thethaovanhoa"
    title = "Thể thao và Văn hóa"
    home = "https://thethaovanhoa.vn"
