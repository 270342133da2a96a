"""baotintuc.vn: Báo Tin tức, of the Vietnam News Agency (TTXVN)."""

from __future__ import annotations

import re
from typing import ClassVar

from spiders.base import PortalSpider


class BaotintucSpider(PortalSpider):
    name = "baotintuc"
    title = "Báo Tin tức"
    family = "its own"
    checked = (
        "article, section and day pages against pages of July 2025; feeds, sitemap and"
        " the form of 2026 by report; not verified against the live site"
    )
    home = "https://baotintuc.vn"
    # The server asked for legacy renegotiation; its certificate is verified.
    legacy_tls_hosts = frozenset({"baotintuc.vn", "www.baotintuc.vn"})

    # 17 digits: time of publication to the millisecond; since 2026 perhaps -post<id>.
    article_path = re.compile(r"-\d{17}\.htm$|-post\d+\.html$")
    # Advertorials, topics, tags, print versions (-n), videos (-v).
    passed_over = re.compile(
        r"^/(doanh-nghiep-san-pham-dich-vu|dong-su-kien|tags|video)/|-[nv]\d{17}\.htm$"
    )
    section_path = re.compile(
        r"-\d+ct\d+(\.htm|/trang-\d+\.htm)$|/d\d\d-\d\d-\d{4}\.htm$"
    )

    sections: ClassVar = {
        "thoi-su": "thoi-su-472ct0",
        "the-gioi": "the-gioi-130ct0",
        "kinh-te": "kinh-te-128ct0",
        "xa-hoi": "xa-hoi-129ct0",
        "phap-luat": "phap-luat-475ct0",
        "van-hoa": "van-hoa-158ct0",
        "giao-duc": "giao-duc-135ct0",
        "the-thao": "the-thao-273ct0",
        "ho-so": "ho-so-133ct0",
        "quan-su": "quan-su-514ct0",
        "khoa-hoc-cong-nghe": "khoa-hoc-cong-nghe-131ct0",
        "bien-dao-viet-nam": "bien-dao-viet-nam-537ct0",
        "suc-khoe": "suc-khoe-564ct0",
        "dia-phuong": "dia-phuong-529ct0",
    }
    feeds = ("/tin-moi-nhat.rss", *(f"/{section}.rss" for section in sections))
    section_feed = "/{section}.rss"
    section_page = "/{stem}.htm"
    next_page = "/{stem}/trang-{page}.htm"
    day_page = "/{section}/d{day:%d-%m-%Y}.htm"
    sitemap = "/sitemap.xml"
    listing = ("ul.list-newsest",)
    spotlight = ("[id$='_divFocus']", "ul.list-ul")
    templates: ClassVar = {
        "2020-2026": re.compile(rb"""class=["']detail-title\b"""),
        "about 2017": re.compile(rb"_NewsDetail1_divContentLive\b"),
        "after the move of 2026": re.compile(rb"""class=["']article__title\b"""),
    }
