"""vietnamnews.vn: Viet Nam News, the English daily of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

from spiders.families import REPORTED, Unknown


class VietnamnewsSpider(Unknown):
    name = "vietnamnews"
    title = "Viet Nam News"
    home = "https://vietnamnews.vn"
    checked = REPORTED
    feeds = (
        "/rss/economy.rss",
        "/rss/politics-laws.rss",
        "/rss/society.rss",
        "/rss/environment.rss",
        "/rss/travel.rss",
    )
