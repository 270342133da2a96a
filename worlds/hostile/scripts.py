"""Data that pages carry for machines: JSON-LD, payloads of frameworks, style sheets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from worlds.hostile.make import SENTENCE, Make, fill, in_head, numbered, page

if TYPE_CHECKING:
    from collections.abc import Callable

_ESCAPED_MARK = "\\u0301"
_STRINGS = json.dumps(SENTENCE) + ","


def _json_ld(text: str) -> bytes:
    return page(head=f'<script type="application/ld+json">{text}</script>')


def _headline(text: str) -> bytes:
    return _json_ld('{"@type":"NewsArticle","headline":"' + text + '"}')


def _body(text: str) -> bytes:
    return _json_ld('{"@type":"NewsArticle","articleBody":"' + text + '"}')


def _data(text: str) -> bytes:
    return page(
        after=f'<script id="__NEXT_DATA__" type="application/json">{text}</script>'
    )


def _array(unit: str, wrap: str = "[{}]") -> Callable[[int], bytes]:
    return lambda size: _json_ld(wrap.format(fill(f"{unit},", size) + unit))


def _pair(
    opening: str, closing: str, write: Callable[[str], bytes]
) -> Callable[[int], bytes]:
    def build(size: int) -> bytes:
        count = size // (len(opening) + len(closing))
        return write(opening * count + "1" + closing * count)

    return build


def _references(size: int) -> bytes:
    nodes = numbered(
        '{{"@type":"Person","@id":"#{n}","author":{{"@id":"#{n}"}}}},', size
    )
    first = '{"@type":"NewsArticle","headline":"a","author":[{"@id":"#1"}]}'
    return _json_ld(f'{{"@graph":[{nodes}{first}]}}')


def _tree(size: int) -> bytes:
    value = {"props": {"body": [{"type": "p", "text": SENTENCE}] * (size // 120)}}
    return _data(json.dumps(value, ensure_ascii=False))


def _names(size: int) -> bytes:
    """Return many blocks that rules of a long sheet may hide."""
    rules = numbered(".a{n}{{display:none}}", size // 50)
    blocks = numbered("<p class=a{n}>một hai ba", size // 20)
    return page(blocks, head=f"<style>{rules}{fill('b{}', size * 9 // 10)}</style>")


MAKES = (
    Make("json-ld-nodes", _array('{"@type":"Thing"}')),
    Make("json-ld-articles", _array('{"@type":"NewsArticle","headline":"a"}')),
    Make("json-ld-graph", _array('{"@type":"Thing","@id":"a"}', '{{"@graph":[{}]}}')),
    Make("json-ld-references", _references),
    Make(
        "json-ld-authors",
        _array(
            '{"@type":"Person","name":"Linh S\u01a1n"}',
            '{{"@type":"NewsArticle","headline":"a","author":[{}]}}',
        ),
    ),
    Make(
        "json-ld-crumbs",
        _array('{"name":"a"}', '{{"@type":"BreadcrumbList","itemListElement":[{}]}}'),
    ),
    Make(
        "json-ld-keywords", _array('"a"', '{{"@type":"NewsArticle","keywords":[{}]}}')
    ),
    Make("json-ld-numbers", _array("1")),
    Make(
        "json-ld-keys",
        lambda size: _json_ld(
            '{"@type":"NewsArticle",' + numbered('"k{n}":1,', size) + '"a":1}'
        ),
    ),
    Make("json-ld-body", lambda size: _body(fill(SENTENCE, size))),
    Make("json-ld-body-of-tags", lambda size: _body(fill("&lt;p&gt;a", size))),
    Make("json-ld-marks", lambda size: _headline(f"a{fill(_ESCAPED_MARK, size)}")),
    Make("json-ld-number", lambda size: _json_ld(f"[{fill('1', size)}]")),
    Make("json-ld-deep-lists", _pair("[", "]", _json_ld)),
    Make("json-ld-deep-objects", _pair('{"a":', "}", _json_ld)),
    Make("json-ld-broken", lambda size: _json_ld(fill('{"a":"b" ', size))),
    Make("json-ld-line-ends", lambda size: _headline(fill("b\n", size))),
    Make("json-ld-quotes", lambda size: _headline(fill('"b', size))),
    Make("json-ld-backslashes", lambda size: _headline(fill("\\", size))),
    Make("json-ld-commas", lambda size: _json_ld(f"[{fill(',', size)}]")),
    Make("json-ld-comments", lambda size: _json_ld(fill("/* a */", size) + "{}")),
    in_head("json-ld-scripts", '<script type="application/ld+json">{"a":1}</script>'),
    Make("next-data", _tree),
    Make("next-data-deep", _pair('{"a":', "}", _data)),
    Make("next-data-numbers", lambda size: _data(f"[{fill('1,', size)}1]")),
    Make("next-data-strings", lambda size: _data(f"[{fill(_STRINGS, size)}1]")),
    Make("next-data-broken", lambda size: _data(fill('{"a":[', size))),
    Make(
        "next-flight",
        lambda size: page(
            after=fill(f'<script>self.__next_f.push([1,"{SENTENCE}"])</script>', size)
        ),
    ),
    Make(
        "nuxt",
        lambda size: page(
            after=f"<script>window.__NUXT__={{a:[{fill('1,', size)}]}}</script>"
        ),
    ),
    Make(
        "one-script", lambda size: page(after=f"<script>{fill('a=1;', size)}</script>")
    ),
    Make(
        "sheet-of-hiding",
        lambda size: page(
            f"<p class=a1>{SENTENCE}",
            head=f"<style>{numbered('.a{n}{{display:none}}', size)}</style>",
        ),
    ),
    Make("sheet-of-many-names", _names),
    Make(
        "sheet-of-one-name",
        lambda size: page(
            f"<p class=a>{SENTENCE}",
            head=f"<style>.a{{display:none}}{fill('.a ', size)}</style>",
        ),
    ),
    Make(
        "sheet-of-comments",
        lambda size: page(head=f"<style>{fill('/* ', size)}</style>"),
    ),
)
