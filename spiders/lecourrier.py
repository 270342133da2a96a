"""lecourrier.vn: Le Courrier du Vietnam, the French paper of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

import re

from spiders.explored import ExploredSpider
from spiders.families import REPORTED


class LecourrierSpider(ExploredSpider):
    name = "lecourrier"
    title = "Le Courrier du Vietnam"
    home = "https://lecourrier.vn"
    family = "its own"
    checked = REPORTED
    article_path = re.compile(r"^/[^/]+/\d+\.html$")
