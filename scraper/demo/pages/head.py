"""The head of a page of the current template: metas, JSON-LD, scripts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from scraper.demo.markup import escape, quoted
from scraper.demo.pages.furniture import image_of

if TYPE_CHECKING:
    from scraper.demo.sections import Section
    from scraper.demo.story import Headline, Story

_OPEN = """
<!DOCTYPE html>
<html lang="vi" xmlns="http://www.w3.org/1999/xhtml">
<head id="Head1" prefix="og: http://ogp.me/ns# fb: http://ogp.me/ns/fb# article: http://ogp.me/ns/article#"><meta http-equiv="Content-Type" content="text/html; charset=utf-8" />"""
_FIXED = (
    '<meta name="robots" content="index, follow" /><meta name="googlebot" '
    'content="index, follow" /><meta name="copyright" content="Copyright © 2020 by '
    'baotintuc.vn" /><meta name="RATING" content="GENERAL" /><meta name="GENERATOR" '
    'content="baotintuc.vn" /><meta name="author" content="baotintuc.vn" />'
    '<meta http-equiv="Content-Language" content="vi" /><meta name="page-topic" '
    'content="KÊNH THÔNG TIN CỦA CHÍNH PHỦ DO TTXVN PHÁT HÀNH" /><meta name="Language" '
    'content="vi" /><meta name="distribution" content="Global" />'
    '<meta name="revisit-after" content="1 days" />'
)


def metas(head: Headline, base: str) -> str:
    """Return the page up to the metas; quotes break ``og:description`` (PORTALS)."""
    url, time = base + head.path, head.published.isoformat()
    title, picture = quoted(head.title), image_of(head, 460)
    summary = quoted(head.lead.replace('"', "'").partition(". ")[0])
    tags = "".join(f'<meta property="article:tag" content="{t}"/>' for t in head.tags)
    return (
        f"{_OPEN}<title>{escape(head.title)} | baotintuc.vn</title>"
        f'<meta name="news_keywords" content="{", ".join(head.tags)}" />'
        f'<meta name="description" content="{summary}" />{_FIXED}'
        f'<meta itemprop="datePublished" content="{time}" />'
        f'<meta itemprop="image" src="{picture}" />'
        f'<meta itemprop="headline" content="{title}" />'
        '<meta property="og:type" content="article" />'
        f'<meta property="og:url" content="{url}" /><meta itemprop="url" content="{url}" />'
        f'<meta property="og:image" content="{picture}" />'
        f'<meta property="og:title" content="{title}" />'
        f'<meta property="og:description" content="{escape(head.lead)}" />'
        f'<meta property="article:published_time" itemprop="datePublished" content="{time}" />'
        f'<meta itemprop="alternativeHeadline" content="{title}" />'
        '<meta itemprop="genre" content="News" />'
        f'<meta property="article:section" content="{head.page_section.name}" />'
        '<meta name = "twitter: card" content = "summary_large_image" />'
        f'<meta name = "twitter: image" content = "{picture}" />'
        f'<meta property="dable:item_id" content="{head.stamp}" />{tags}'
    )


def json_ld(story: Story, base: str, top: Section) -> str:
    """Return both scripts of structured data and the start of the page's body."""
    head = story.headline
    url, time = base + head.path, head.published.isoformat()
    title, lead = (
        json.dumps(t.replace('"', "'"), ensure_ascii=False)
        for t in (head.title, head.lead)
    )
    return f"""
    <!-- GOOGLE SEARCH STRUCTURED DATA FOR ARTICLE -->
    <script type="application/ld+json">
    {{
        "@context": "http://schema.org",
        "@type": "NewsArticle",
        "datePublished": "{time}",
        "mainEntityOfPage":{{
            "@type":"WebPage",
            "@id":"{url}"
        }},
        "headline": {title},
        "description": {lead},
        "image": {{
            "@type": "ImageObject",
            "url": "{image_of(head, 700)}",
            "width" : 700,
            "height" : 438
        }},
        "dateModified": "{story.modified.isoformat()}",
        "author": {{
            "@type": "Person",
            "name": "{story.byline.glued}"
        }},
        "publisher": {{
            "@type": "Organization",
            "name": "baotintuc.vn",
            "logo": {{
                "@type": "ImageObject",
                "url": "{base}/web_images/logo_baotintuc_60x60.jpg",
                "width": 60,
                "height": 60
            }}
        }}
    }}
    </script>
    <!-- GOOGLE BREADCRUMB STRUCTURED DATA -->
    <script type="application/ld+json">
    {{
        "@context": "http://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [{_crumbs(head, base, top)}]
    }}
    </script>
<link rel="canonical" href="{url}" /></head>
<body>
    <div id="fb-root"></div>
    <form method="post" action="./Details.aspx?n={head.stamp}&amp;PageType=2" id="form1">
<div class="aspNetHidden">
<input type="hidden" name="hidParentId" id="hidParentId" value="{head.section.top}" />
<input type="hidden" name="hidCatId" id="hidCatId" value="{head.section.id}" />
<input type="hidden" name="hdNewsId" id="hdNewsId" value="{head.stamp}" />
</div>
"""


def _crumbs(head: Headline, base: str, top: Section) -> str:
    trail = [(base, "Trang chủ"), (base + top.path, top.name)]
    if head.section.parent:
        trail.append((base + head.section.path, head.section.name))
    return ",".join(
        f"""
            {{
                "@type": "ListItem",
                "position": {k},
                "item": {{
                    "@id": "{link}",
                    "name": "{name}"
                }}
            }}"""
        for k, (link, name) in enumerate(trail, 1)
    )


def assets() -> str:
    """Return the links to styles and scripts, and the styles in the page."""
    styles = "".join(
        f'\n        <link rel="stylesheet" type="text/css" href="https://cdnstatic.example/web_css/{name}.css?v=22042025" />'
        for name in ("main.min1", "swiper.min")
    )
    scripts = "".join(
        f'\n        <script type="text/javascript" src="https://cdnstatic.example/web_js/{name}.js"></script>'
        for name in (
            "jquery.min",
            "swiper.min",
            "jquery.sticky",
            "utility",
            "main",
            "live",
        )
    )
    rules = "\n".join(
        f"        .lc-{k} .item_{k}::after{{content:'';display:block;margin:{k}px auto;width:{k * 7}px}}"
        for k in range(120)
    )
    return f"""
        <link rel="shortcut icon" href="https://cdnstatic.example/Images/icon.gif" type="image/x-icon" />{styles}{scripts}
        <script>
            window.dataLayer = window.dataLayer || [];
            function gtag() {{ dataLayer.push(arguments); }}
            gtag('js', new Date());
        </script>
        <script>
            var arfAsync = arfAsync || [];
        </script>
        <style type="text/css">
{rules}
        </style>"""


_STEPS = "\n".join(
    f"        if (document.getElementById('plhMain_ctl{k:03}_box') != null) {{ show(document.getElementById('plhMain_ctl{k:03}_box'), 'tin moi {k}'); }}"
    for k in range(160)
)
ADS = f"""
    <script type="text/javascript">
    function layout() {{
{_STEPS}
    }}
    </script>
    </form>
</body>
</html>
"""
