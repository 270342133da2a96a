"""dantocmiennui.baotintuc.vn: ethnic minorities and mountains, of the news agency (TTXVN)."""

from __future__ import annotations

from spiders.families import Unknown


class DantocmiennuiSpider(Unknown):
    name = "dantocmiennui"
    title = "Dân tộc và Miền núi"
    home = "https://dantocmiennui.baotintuc.vn"
