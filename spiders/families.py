"""Bases for sites of one content management system; by report, see ``checked``."""

from __future__ import annotations

import re

from spiders.explored import ExploredSpider

REPORTED = "by report only; not verified against the live site"
NOTHING = "nothing known beforehand; not verified against the live site"


class PostNumbers(ExploredSpider):
    """Articles are ``…-post<number>.<extension>``: vietnamplus.vn, nhandan.vn and others."""

    family = "post numbers"
    checked = REPORTED
    article_path = re.compile(r"-post\d+\.(?:vnp|html|tpo)$")
    feeds = ("/rss/home.rss",)


class Stamped(ExploredSpider):
    """Articles end in 17 digits, most of them a time: tuoitre.vn, thanhnien.vn and others."""

    family = "17 digits"
    checked = REPORTED
    article_path = re.compile(r"-\d{17}\.(?:htm|chn)$")


class Unknown(ExploredSpider):
    """Only the home page is known: the crawl finds sources and articles."""

    family = "explored"
    checked = NOTHING
