from __future__ import annotations

import json

import pytest

from scraper.extraction.json_ld import extract_structured_data
from scraper.extraction.json_scripts import iter_json_ld, parse_json
from tests.unit.extraction.kit import tree

ARTICLE = (
    '{"@type": "NewsArticle", "headline": "A ferry returns", "author": "Ida Brook"}'
)


@pytest.mark.parametrize(
    "written",
    [
        ARTICLE,
        f"<!-- {ARTICLE} -->",
        f"//<![CDATA[\n{ARTICLE}\n//]]>",
        f"/*<![CDATA[*/{ARTICLE}/*]]>*/",
        f"{ARTICLE};",
        f"{ARTICLE} window.loaded = true;",
        ARTICLE.replace("}", ",}"),
        ARTICLE.replace("{", "{ /* of the desk */ ").replace(', "a', ', // name\n"a'),
        ARTICLE.replace('"', "&quot;"),
        ARTICLE.replace("A ferry", "A\tferry").replace("\t", "\n"),
    ],
)
def test_slightly_broken_json_is_read(written):
    (found,) = parse_json(written)
    assert found["headline"].split() == ["A", "ferry", "returns"]
    assert found["author"] == "Ida Brook"


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        (r"The pilot\'s log", "The pilot's log"),
        (r"Path C:\ferry \d", r"Path C:\ferry \d".replace("\\f", "\f")),
        (r"50\% more", r"50\% more"),
        ('The "Swan" sails', 'The "Swan" sails'),
        ("See https://a.example/b, [1,] and /* this */", None),
    ],
)
def test_strings_keep_what_they_say(written, headline):
    (found,) = parse_json(f'{{"@type": "NewsArticle", "headline": "{written}",}}')
    assert found["headline"] == (headline or written)


@pytest.mark.parametrize("between", ["", "\n", ",", " ; "])
def test_every_object_of_a_script_is_read(between):
    site = '{"@type": "WebSite", "name": "Brook News"}'
    found = parse_json(site + between + ARTICLE)
    assert [each["@type"] for each in found] == ["WebSite", "NewsArticle"]


@pytest.mark.parametrize(
    "written", ["", "var a = 1", "42 0", '"a" "b"', "{", "[" * 9999]
)
def test_what_is_no_json_gives_nothing(written):
    assert [each for each in parse_json(written) if isinstance(each, dict)] == []


@pytest.mark.parametrize("key", ["children", "__html"])
def test_json_ld_that_a_script_pushes_is_read(key):
    pushed = json.dumps([0, {"type": "application/ld+json", key: ARTICLE}])
    pushed = pushed.replace(": ", ":") if key == "children" else pushed
    root = tree(f"<p>x</p><script>self.__next_s.push({pushed})</script>")
    assert [each["author"] for each in iter_json_ld(root)] == ["Ida Brook"]


def data_of(value):
    markup = f'<script type="application/ld+json">{json.dumps(value)}</script>'
    return extract_structured_data(tree(f"<p>x</p>{markup}"))


def test_the_only_part_of_a_page_is_followed_but_no_list_of_parts():
    article = json.loads(ARTICLE)
    assert data_of({"@type": "WebPage", "hasPart": article}).authors == ("Ida Brook",)
    several = data_of({"@type": "CollectionPage", "hasPart": [article, article]})
    assert several.is_listing


@pytest.mark.parametrize(
    ("written", "headline"),
    [
        ("Tide &amp;amp; time", "Tide & time"),
        ("The <em>Swan</em> sails", "The Swan sails"),
        ("The ship&amp;#8217;s bell", "The ship’s bell"),
        ("Profit <5% at R&D", "Profit <5% at R&D"),
    ],
)
def test_text_is_as_a_reader_sees_it(written, headline):
    assert data_of({"@type": "NewsArticle", "headline": written}).headline == headline
