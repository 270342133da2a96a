"""Characters without end: one text, marks, spaces, what nobody sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worlds.hostile.make import SENTENCE, Make, fill, in_article, numbered, page

if TYPE_CHECKING:
    from collections.abc import Callable

_RUNS = {
    "letters": "a",
    "words": "một hai ",
    "sentences": SENTENCE,
    "digits": "1",
    "spaces": " ",
    "no-break-spaces": "\u00a0",
    "line-ends": "\n",
    "dots": ".",
    "colons": "a: ",
    "commas": "a, ",
    "slashes": "1/",
    "zero-width": "\u200b",
    "joiners": "\u200d",
    "soft-hyphens": "a\u00ad",
    "overrides": "\u202ea",
    "controls": "\x01a",
    "nul": "\x00",
    "marks": "\u0301",
    "mixed-marks": "\u0301\u0323\u0327",
    "vietnamese-marks": "e\u0302\u0301\u0301 ",
    "arabic-marks": "\u064b\u064c",
    "jamo": "\u1100\u1161\u11a8",
    "jamo-of-one-kind": "\u1161",
    "astral-marks": "\U0001d165",
    "emoji": "\U0001f468\u200d\U0001f469\u200d\U0001f467",
    "flags": "\U0001f3f4\U000e0067\U000e0062",
    "tags-unseen": "\U000e0041",
    "entities": "&amp;",
    "entities-twice": "&amp;lt;b&amp;gt;",
    "entities-of-marks": "&#x301;",
    "entities-of-nothing": "&#xd800;",
    "ampersands": "&",
    "less-than": "<",
    "less-than-letters": "<a ",
    "comments": "<!-- a -->",
    "instructions": "<?a b?>",
    "cdata": "<![CDATA[a]]>",
    "names": "Linh Sơn, ",
    "dates": "12/3/2024 ",
    "twice-encoded": "Ã¡ ",
    "thai": "กขค ",
    "chinese": "新闻报道，",
}


def _in_title(unit: str) -> Callable[[int], bytes]:
    def build(size: int) -> bytes:
        text = fill(unit, size // 4)
        meta = "".join(
            f'<meta property="{name}" content="{text}">'
            for name in ("og:title", "og:description")
        )
        return page(f"<h2>{text}</h2>", head=f"{meta}<title>{text}</title>")

    return build


def _in_meta(name: str, unit: str) -> Callable[[int], bytes]:
    return lambda size: page(head=f'<meta name="{name}" content="{fill(unit, size)}">')


def _encoded(unit: str, encoding: str) -> Callable[[int], bytes]:
    return lambda size: page(fill(unit, size)).decode().encode(encoding, "replace")


MAKES = (
    *(in_article(name, f"{unit}") for name, unit in _RUNS.items()),
    Make(
        "paragraphs-alike",
        lambda size: page(numbered(f"<p>{SENTENCE * 3}{{n}}</p>", size)),
    ),
    Make("runs-of-a-byte", lambda size: page() + b"<\xe9" * (size // 2)),
    Make("one-comment", lambda size: page(f"<!--{fill('a-', size)}-->")),
    Make("open-comment", lambda size: page(f"<!--{fill('a--', size)}")),
    Make("open-tag", lambda size: page(f"<a {fill('b ', size)}")),
    Make("open-quote", lambda size: page('<a href="' + fill("b ", size))),
    Make("title-of-letters", _in_title("a")),
    Make("title-of-words", _in_title("một hai ")),
    Make("title-of-bars", _in_title("a | ")),
    Make("title-of-marks", _in_title("\u0301")),
    Make("author-list", _in_meta("author", "Linh Sơn, ")),
    Make("keywords", _in_meta("keywords", "a b, ")),
    Make("in-utf-16", _encoded(SENTENCE, "utf-16")),
    Make("in-windows-1258", _encoded("Doan van ", "cp1258")),
    Make("in-gb18030", _encoded("新闻报道，", "gb18030")),
    Make("in-windows-1252", _encoded("é à ", "cp1252")),
    Make("high-bytes", lambda size: page() + bytes(range(128, 256)) * (size // 128)),
)
