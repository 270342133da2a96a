"""bnews.vn: economic news of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.explored import ExploredSpider
from spiders.families import REPORTED


class BnewsSpider(ExploredSpider):
    name = "bnews"
    title = "BNEWS"
    home = "https://bnews.vn"
    # The server asked for legacy renegotiation; its certificate is verified.
    legacy_tls_hosts = frozenset({"bnews.vn", "www.bnews.vn"})
    family = "its own"
    checked = REPORTED
    templates: ClassVar = {
        "reported in 2026": re.compile(rb"""class=["'][^"']*\blr-summary-post\b"""),
    }
