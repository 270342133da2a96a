"""The template after a redesign: other elements, other names, another order.

No class of the other templates' article is left, the lead is a paragraph, the credit
line stands in a footer, and the body is cut into parts that are nested.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.demo.markup import Chrome, Part, attribute, escape, quoted
from scraper.demo.pages import body, icons
from scraper.demo.pages import furniture as part
from scraper.demo.pages.body import bottom, footer
from scraper.demo.pages.furniture import STILL, Churn
from scraper.demo.pages.head import ADS, assets

if TYPE_CHECKING:
    from scraper.demo.story import Headline, Story

_RUNS = 4
"""Runs of blocks in one part of a body."""


class Renewed:
    """The template with the chrome of *stock*, prepared once."""

    def __init__(self, stock: part.Stock) -> None:
        self.base = stock.base
        self._head = Chrome(f'{assets()}\n</head>\n<body class="v3">\n<div id="app">\n')
        self._top = Chrome(
            part.toolbar() + part.navigation(stock.tops) + part.topic_bar(stock.topics)
        )
        self._share = Chrome(_share())
        self._aside = Chrome(
            '\n<aside class="v3-rail">'
            + part.news_box("Đọc nhiều", stock.latest[5:10])
            + part.news_box("Mới nhất", stock.latest[:5])
        )
        self._end = Chrome(
            "</aside>\n</main>\n"
            + part.media_boxes(stock.films, stock.photos)
            + bottom(stock.adverts)
            + footer(stock.tops)
            + ADS
        )

    def render(
        self, story: Story, related: list[Headline], churn: Churn = STILL
    ) -> list[Part]:
        """Return the page of *story*, *related* below it."""
        return [
            self._metas(story).encode(),
            self._head,
            self._top,
            _opening(story).encode(),
            self._share,
            _story(story, related, churn.counter).encode(),
            self._aside,
            churn.boxes.encode(),
            self._end,
        ]

    def _metas(self, story: Story) -> str:
        head = story.headline
        url, time = self.base + head.path, head.published.isoformat()
        tags = "".join(
            f'<meta property="article:tag" content="{t}">' for t in head.tags
        )
        return f"""<!doctype html>
<html lang="vi">
<head>
<meta charset="utf-8">
<title>{escape(head.title)} - Báo Tin tức</title>
<link rel="canonical" href="{url}">
<meta name="description" content="{quoted(head.lead)}">
<meta property="og:type" content="article">
<meta property="og:url" content="{url}">
<meta property="og:title" content="{quoted(head.title)}">
<meta property="og:description" content="{quoted(head.lead)}">
<meta property="og:image" content="{part.image_of(head, 1200)}">
<meta property="article:published_time" content="{time}">
<meta property="article:modified_time" content="{story.modified.isoformat()}">
<meta property="article:section" content="{head.page_section.name}">
{tags}
<script type="application/ld+json">{_json_ld(story, url)}</script>"""


def _json_ld(story: Story, url: str) -> str:
    head, byline = story.headline, story.byline
    names = byline.authors or (byline.agency,)
    record = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": head.title,
        "datePublished": head.published.isoformat(),
        "dateModified": story.modified.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in names],
    }
    return json.dumps(record, ensure_ascii=False)


def _opening(story: Story) -> str:
    head = story.headline
    name, path = head.page_section.name, head.page_section.path
    link = path if head.page_section.id else "/anh.htm"
    return f"""
<main class="v3-grid">
<section class="v3-story" data-id="{head.stamp}">
<ol class="v3-trail"><li><a href="/">Trang chủ</a></li><li><a href="{link}">{name}</a></li></ol>
<h1 class="v3-headline">{escape(head.title)}</h1>
<p class="v3-standfirst">{escape(head.lead)}</p>
<div class="v3-meta"><time datetime="{head.published.isoformat()}">{head.published:%H:%M - %d/%m/%Y}</time></div>
"""


def _share() -> str:
    links = "".join(
        f'<button type="button">{icon}</button>'
        for icon in (icons.FACEBOOK, icons.ZALO, icons.TWITTER, icons.MAIL)
    )
    return f'<div class="v3-tools">{links}</div>\n'


def _story(story: Story, related: list[Headline], counter: str) -> str:
    runs = _runs(story)
    parts = "\n".join(
        f'<div class="v3-part">\n{chr(10).join(runs[k : k + _RUNS])}\n</div>'
        for k in range(0, len(runs), _RUNS)
    )
    labels = " ".join(
        f'<a href="{body.tag_path(tag)}">{tag}</a>' for tag in story.headline.tags
    )
    return f"""<div class="v3-prose" itemprop="articleBody">
{parts}
</div>
<footer class="v3-credit"><address rel="author">{escape(story.byline.printed)}</address></footer>
<div class="v3-labels">{labels} {counter}</div>
<ul class="v3-more">{"".join(map(_teaser, related))}
</ul>
</section>"""


def _runs(story: Story) -> list[str]:
    head = story.headline

    def picture(text: str, k: int) -> str:
        return (
            f'<figure class="v3-media"><picture><img src="{body.photo(head, k)}" '
            f'alt="{body.ALT}" loading="lazy"></picture>'
            f"<figcaption>{escape(text)}</figcaption></figure>"
        )

    if head.shape == "split":
        return body.split(story.blocks, encode=escape, picture=picture)
    return body.render(
        story.blocks,
        encode=escape,
        heading='<h2 class="v3-sub">{}</h2>',
        picture=picture,
    )


def _teaser(item: Headline) -> str:
    return f"""
<li><a href="{item.path}" title="{quoted(item.title)}"><img src="{part.image_of(item, 300)}" alt="{attribute(item.title)}"><b>{escape(item.title)}</b></a></li>"""
