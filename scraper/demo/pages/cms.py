"""The template of the new CMS, the one of vietnamplus.vn [report in PORTALS.md]."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.demo.markup import Chrome, Part, attribute, escape, quoted
from scraper.demo.pages import body, icons
from scraper.demo.pages import furniture as part
from scraper.demo.pages.body import bottom, footer
from scraper.demo.pages.furniture import STILL, Churn
from scraper.demo.pages.head import ADS, assets
from scraper.demo.sections import PHOTOS, Section

if TYPE_CHECKING:
    from scraper.demo.story import Headline, Story

_MIDDLE_ADVERT = (
    '<div class="ads_middle"><div id="sda_in_article" class="banner" '
    'data-platform="1" data-position="PC_IN_ARTICLE"></div></div>'
)


class Cms:
    """The template with the chrome of *stock*, prepared once."""

    def __init__(self, stock: part.Stock) -> None:
        self.base = stock.base
        self._head = Chrome(f'{assets()}\n</head>\n<body class="detail-page">\n')
        self._top = Chrome(_site_header(stock))
        self._social = Chrome(_social())
        self._boxes = Chrome(
            '</div>\n<div class="sidebar">'
            + part.news_box("Đọc nhiều", stock.latest[5:10])
            + part.news_box("Mới nhận", stock.latest[:5])
        )
        self._end = Chrome(
            "</div>\n</div>\n"
            + part.media_boxes(stock.films, stock.photos)
            + bottom(stock.adverts)
            + footer(stock.tops)
            + ADS
        )

    def render(
        self, story: Story, related: list[Headline], churn: Churn = STILL
    ) -> list[Part]:
        """Return the page of *story*, *related* within its body and after it."""
        return [
            self._metas(story).encode(),
            self._head,
            self._top,
            _opening(story, churn.counter).encode(),
            self._social,
            _article(story, related).encode(),
            self._boxes,
            churn.boxes.encode(),
            self._end,
        ]

    def _metas(self, story: Story) -> str:
        head = story.headline
        url, time = self.base + head.path, head.published.isoformat()
        changed = story.modified.isoformat()
        tags = "".join(
            f'<meta property="article:tag" content="{t}"/>' for t in head.tags
        )
        return f"""<!DOCTYPE html>
<html lang="vi">
<head>
<meta charset="utf-8"/>
<title>{escape(head.title)} | baotintuc.vn</title>
<meta name="description" content="{quoted(head.lead)}"/>
<meta name="keywords" content="{", ".join(head.tags)}"/>
<link rel="canonical" href="{url}"/>
<meta property="og:type" content="article"/>
<meta property="og:url" content="{url}"/>
<meta property="og:title" content="{quoted(head.title)}"/>
<meta property="og:description" content="{quoted(head.lead)}"/>
<meta property="og:image" content="{part.image_of(head, 1200)}"/>
<meta property="article:published_time" content="{time}"/>
<meta property="article:modified_time" content="{changed}"/>
<meta property="article:section" content="{head.page_section.name}"/>
{tags}
<script type="application/ld+json">{_json_ld(story, url)}</script>"""


def _json_ld(story: Story, url: str) -> str:
    head, byline = story.headline, story.byline
    names = byline.authors or (byline.agency,)
    record = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": {"@type": "WebPage", "@id": url},
        "headline": head.title,
        "description": head.lead,
        "datePublished": head.published.isoformat(),
        "dateModified": story.modified.isoformat(),
        "author": [{"@type": "Person", "name": name} for name in names],
    }
    return json.dumps(record, ensure_ascii=False)


def _site_header(stock: part.Stock) -> str:
    return (
        part.toolbar()
        + part.navigation(stock.tops)
        + part.topic_bar(stock.topics)
        + '\n<div class="site-body">\n<div class="container">\n'
    )


def _social() -> str:
    links = "".join(
        f'<a href="javascript:void(0);" class="item" rel="nofollow">{icon}</a>'
        for icon in (icons.FACEBOOK, icons.ZALO, icons.TWITTER, icons.MAIL)
    )
    return f'<div class="article__social">{links}{links}</div>\n'


def _opening(story: Story, counter: str) -> str:
    head, section = story.headline, story.headline.page_section
    return f"""<div class="breadcrumb breadcrumb-detail"><h2 class="main"><a href="{_path(section)}" title="{section.name}">{section.name}</a></h2></div>
<div class="content-col">
<div class="article">
<h1 class="article__title cms-title">{escape(head.title)}</h1>
<h2 class="article__sapo cms-desc">{escape(head.lead)}</h2>
<div class="article__meta"><span class="author cms-author">{story.byline.printed}</span> <time class="time" datetime="{head.published.isoformat()}">{head.published:%d/%m/%Y %H:%M}</time>{counter}</div>
"""


def _path(section: Section) -> str:
    return "/anh.htm" if section is PHOTOS else section.path


def _article(story: Story, related: list[Headline]) -> str:
    head = story.headline
    links = "".join(
        f'<a class="cms-tag" href="{body.tag_path(tag)}">#{tag}</a> '
        for tag in head.tags
    )
    return f"""<div class="article__body cms-body" itemprop="articleBody">
{_body(story, related[:1])}
</div>
<div class="article__tag"><div class="box-heading">Từ khóa:</div><div class="box-content">{links}</div></div>
<div class="article__related"><h3 class="box-heading">Tin liên quan</h3><div class="box-content">{"".join(map(_story, related[1:]))}
</div></div>
</div>
"""


def _body(story: Story, teaser: list[Headline]) -> str:
    head = story.headline

    def picture(text: str, k: int) -> str:
        return (
            f'<figure class="picture"><img class="cms-photo" src="{body.photo(head, k)}" '
            f'alt="{body.ALT}"/><figcaption class="caption">{escape(text)}</figcaption></figure>'
        )

    if head.shape == "split":
        runs = body.split(story.blocks, encode=escape, picture=picture)
    else:
        runs = body.render(
            story.blocks, encode=escape, heading="<h2>{}</h2>", picture=picture
        )
    half = (len(runs) + 1) // 2
    middle = [_MIDDLE_ADVERT, *map(_relate, teaser)]
    return "\n".join([*runs[:half], *middle, *runs[half:]])


def _relate(item: Headline) -> str:
    return (
        '<div class="article-relate"><div class="story"><a class="story__thumb" '
        f'href="{item.path}"><img src="{part.image_of(item, 300)}" '
        f'alt="{attribute(item.title)}"/></a><a class="story__title" '
        f'href="{item.path}">{escape(item.title)}</a></div></div>'
    )


def _story(item: Headline) -> str:
    return f"""
<article class="story"><h3 class="story__heading"><a href="{item.path}" title="{quoted(item.title)}">{escape(item.title)}</a></h3><div class="story__summary">{escape(item.lead)}</div></article>"""
