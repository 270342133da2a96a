"""vietnamlawmagazine.vn: law, in English, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Unknown


class VietnamlawmagazineSpider(Unknown):
    name = "vietnamlawmagazine"
    title = "Vietnam Law Magazine"
    home = "https://vietnamlawmagazine.vn"
