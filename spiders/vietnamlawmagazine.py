"""vietnamlawmagazine.vn: law, in English, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Explored


class VietnamlawmagazineSpider(Explored):
    name = "vietnamlawmagazine"
    title = "Vietnam Law Magazine"
    home = "https://vietnamlawmagazine.vn"
    hosts = frozenset({"vietnamlawmagazine.vn", "www.vietnamlawmagazine.vn"})
