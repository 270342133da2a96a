"""Elements and attributes without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worlds.hostile.make import (
    SENTENCE,
    Make,
    after_article,
    fill,
    in_article,
    in_head,
    nested,
    numbered,
    page,
    towers,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_REPEATED = {
    "a": "<a href=/x>a b</a>",
    "article": "<article><h2>a</h2><p>b</p></article>",
    "b": "<b>a</b>",
    "b-empty": "<b></b>",
    "blockquote": "<blockquote>a</blockquote>",
    "br": "<br>",
    "br-and-letter": "a<br>",
    "caption": "<table><caption>a<tr><td>b</table>",
    "custom": "<x-a>a</x-a>",
    "dd": "<dt>a<dd>b",
    "div": "<div>a</div>",
    "div-of-words": "<div>một hai ba bốn</div>",
    "figure": "<figure><img src=a.jpg><figcaption>Ảnh: A</figcaption></figure>",
    "h2": "<h2>a</h2>",
    "iframe": "<iframe src=/x></iframe>",
    "img": "<img src=/a.jpg alt=a>",
    "input": "<input value=a>",
    "li": "<li>a",
    "noscript": "<noscript><p>a</noscript>",
    "button": "<button><p>a<p>b<p>c</button>",
    "option": "<option>a",
    "p": "<p>a",
    "p-of-sentence": f"<p>{SENTENCE}",
    "p-of-link": "<p>a <a href=/x>b</a> c",
    "picture": "<picture><source srcset=a><img src=b></picture>",
    "script": "<script>a=1</script>",
    "section": "<section><header>a</header><p>b</p><footer>c</footer></section>",
    "span": "<span>a</span>",
    "style": "<style>.a{display:none}</style>",
    "svg": "<svg><path d=m0></svg>",
    "table": "<table><tr><td>a<td>b<tr><td>c<td>d</table>",
    "template": "<template shadowrootmode=open><p>a</template>",
    "textarea": "<textarea>a</textarea>",
    "time": "<time datetime=2024-03-12>12/3/2024</time>",
    "ul": "<ul><li>a</ul>",
    "video": "<video src=a><source src=b></video>",
    "doubled-class": '<div class="c d">a</div>',
    "microdata": '<div itemscope itemtype="https://schema.org/Article">'
    '<span itemprop="author">Linh Sơn</span></div>',
    "byline": '<p class="author">Linh Sơn (TTXVN)</p>',
    "breadcrumb": '<ul class="breadcrumb"><li>a</ul>',
    "tags": '<div class="tags">a</div>',
    "section-name": '<div class="section">một hai ba bốn năm sáu bảy tám chín mười</div>',
    "date": "<p>Ngày 12/3/2024 10:00",
    "credit": "<p>Ảnh: Nguyễn Văn A/TTXVN",
    "read-also": "<p>Đọc thêm: <a href=/x.htm>một bài khác</a>",
    "hidden": "<p hidden>a",
    "hidden-by-class": "<span class=hidden>a</span>",
    "embed": '<blockquote class="twitter-tweet">a</blockquote>',
    "unclosed": "<div><p>a",
    "misnested": "<b><p>a</b>",
    "ends-only": "</div></p>",
}
_IN_HEAD = {
    "meta": '<meta name="author" content="Linh Sơn">',
    "meta-date": '<meta property="article:published_time" content="2024-03-12">',
    "meta-tag": '<meta property="article:tag" content="a, b">',
    "link": '<link rel="canonical" href="/x.htm">',
    "base": "<base href=x>",
    "title": "<title>a</title>",
}


def _table(size: int) -> bytes:
    """Return one table of rows of a hundred cells."""
    return page(f"<table>{fill('<tr>' + '<td>1' * 100, size)}</table>")


def _row(size: int) -> bytes:
    return page(f"<table><tr><td>a<td>b<tr>{fill('<td>1', size)}</table>")


def _one_paragraph(unit: str) -> Callable[[int], bytes]:
    return lambda size: page(f"<p>{fill(unit, size)}</p>")


def _attributes(size: int) -> bytes:
    return page(f"<p {numbered('a{n} ', size)}>{SENTENCE}</p>")


def _valued_attributes(size: int) -> bytes:
    attributes = numbered('data-a{n}=">" ', size)
    return page(f"<p {attributes}>{SENTENCE}</p>")


def _attribute(name: str, unit: str, tag: str = "p") -> Callable[[int], bytes]:
    def build(size: int) -> bytes:
        return page(f'<{tag} {name}="{fill(unit, size)}">{SENTENCE}</{tag}>')

    return build


def _under_one_class(size: int) -> bytes:
    """Return blocks that stand in an element whose class is a fifth of the page."""
    classes = numbered("c{n} ", size // 5)
    return page(f'<div class="{classes}">{fill("<p>a b c", size * 4 // 5)}</div>')


def _under_one_name(size: int) -> bytes:
    """Return blocks that stand in an element of one long class, and one of a long id."""
    name, inside = "a" * (size // 5), fill("<p>a b c", size * 3 // 10)
    return page(f'<div class="{name}">{inside}</div><div id="{name}">{inside}</div>')


def _in_menus(size: int) -> bytes:
    """Return links of long names within menus in one another, so that none is one."""
    links = numbered("<a href=/b{n}.htm>một hai ba bốn năm sáu bảy</a>", size)
    return page(after="<nav>" * 1_900 + links)


def _srcset(size: int) -> bytes:
    return page(f'<img src=a.jpg srcset="{numbered("/i{n}.jpg {n}w, ", size)}">')


MAKES = (
    Make("tags-in-a-name", lambda size: page(fill("<p", size))),
    Make("tags-in-names", lambda size: page(fill("<p" * 2_000 + " ", size))),
    *(in_article(name, unit) for name, unit in _REPEATED.items()),
    *(
        after_article(f"{name}-after", _REPEATED[name])
        for name in ("a", "div", "li", "p", "span")
    ),
    *(in_head(name, unit) for name, unit in _IN_HEAD.items()),
    Make("table-of-100-columns", _table),
    Make("table-of-one-row", _row),
    Make("p-of-br", _one_paragraph("<br>")),
    Make("p-of-lines", _one_paragraph("a b<br>")),
    Make("p-of-dates", _one_paragraph("12/3/2024<br>")),
    Make("p-of-bold-lines", _one_paragraph("<b>a</b><br>")),
    Make("p-of-credits", _one_paragraph("Ảnh: A <em class=credit>x</em><br>")),
    Make("p-of-spans", _one_paragraph("<span>A.</span>")),
    Make("p-of-links", _one_paragraph("<a href=/x>a b c d</a> ")),
    Make("attributes", _attributes),
    Make("attributes-with-values", _valued_attributes),
    Make("classes", _attribute("class", "a b-c ")),
    Make("class", _attribute("class", "a")),
    Make("class-of-dashes", _attribute("class", "a-")),
    Make(
        "meta-authors",
        lambda size: page(head=numbered("<meta name=author content='An {n}'>", size)),
    ),
    Make("menus-around", _in_menus),
    Make("class-around", _under_one_class),
    Make("name-around", _under_one_name),
    Make("id", _attribute("id", "a1")),
    Make("style-attribute", _attribute("style", "a:b;")),
    Make("data-url", _attribute("src", "data:,A", "img")),
    Make("href", _attribute("href", "/a", "a")),
    Make("href-of-query", _attribute("href", "?a=b&", "a")),
    Make("datetime", _attribute("datetime", "2024-03-12 ", "time")),
    Make("srcset", _srcset),
    Make(
        "links",
        lambda size: page(after=numbered("<a href=/b{n}.htm>bài số {n}</a>", size)),
    ),
    Make("ids", lambda size: page(numbered("<p id=a{n}>b", size))),
    Make("classes-of-each", lambda size: page(numbered("<p class=a{n}>b", size))),
    nested("nested-div", "<div>"),
    nested("nested-b", "<b>"),
    nested("nested-ul", "<ul><li>"),
    nested("nested-a", "<a href=/x>"),
    nested("nested-table", "<table><tr><td>"),
    nested("nested-quote", "<blockquote>"),
    nested("nested-font", "<font><p>"),
    towers("towers-of-div", "<div>", "</div>"),
    towers("towers-of-class", '<div class="a">', "</div>"),
    towers("towers-of-span", "<span>", "</span>"),
    towers("towers-of-quotes", "<blockquote>", "</blockquote>"),
    towers("towers-of-lists", "<ul><li>", "</ul>", depth=950),
    towers("towers-of-tables", "<table><tr><td>", "</table>", depth=480),
    Make(
        "deep-and-wide",
        lambda size: page("<div>" * 1_900 + fill("<p>a b</p>", size)),
    ),
)
