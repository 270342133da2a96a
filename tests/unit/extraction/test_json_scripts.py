from __future__ import annotations

import json
from time import process_time

import pytest

from scraper.extraction.json_ld import extract_structured_data, iter_json_ld, parse_json
from tests.unit.extraction.kit import tree

MOST_SECONDS = 2
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


@pytest.mark.parametrize(
    "headline",
    [
        '"Swan"',
        'The "Swan", the "Goose" and the mill',
        'Ida: "the ferry": yes',
        '"It sails," says Ida',
        'Ida says: "It sails."',
        'Phà "Thiên Nga", chuyến đầu',
        '渡口"天鹅"，"大雁"重新开放',
        'A 24" wheel, a 12" one',
    ],
)
@pytest.mark.parametrize("after", ['", "author"', '" , \n"author"', '"\n"author"'])
def test_marks_within_a_text_are_part_of_it(headline, after):
    written = ARTICLE.replace("A ferry returns", headline).replace('", "author"', after)
    (found,) = parse_json(written)
    assert (found["headline"], found["author"]) == (headline, "Ida Brook")


@pytest.mark.parametrize(
    "written",
    [
        ARTICLE.replace('"', "'"),
        ARTICLE.replace('"', "'").replace("A ferry", "Ida's ferry"),
        ARTICLE.replace('"', "”"),
        ARTICLE.replace('"@type"', "“@type”"),
        ARTICLE.replace('"', "&#34;"),
        ARTICLE.replace('"', "&#x22;"),
        ARTICLE.replace('"', "&amp;quot;"),
        ARTICLE.replace('"headline"', "headline").replace('"author"', "author"),
        ARTICLE.replace('", "', '",, "'),
        ARTICLE.replace('", "', '"\n "'),
        ARTICLE.replace(': "', ":\u00a0").replace(":\u00a0", ':\u00a0"'),
        ARTICLE.replace('", "', '",<br />"'),
        ARTICLE.replace("}", ', "section": None}'),
        ARTICLE.replace("}", ', "section": {{ section }}}'),
        ARTICLE.replace("}", ', "section": }'),
        ARTICLE.replace("}", ', "section": undefined, "free": True}'),
        ARTICLE.removesuffix("}"),
        ARTICLE.removesuffix("}") + ', "section": "Riv',
        ARTICLE.removesuffix("}") + ', "sect',
        ARTICLE + "}]",
        "\ufeff" + ARTICLE,
        f"var data = {ARTICLE};",
        f"<p>{ARTICLE}</p>",
        f"<b>Notice</b>: Undefined index [x] in a.php on line 3<br/>{ARTICLE}",
        ARTICLE.replace("{", "{,"),
    ],
)
def test_data_that_hands_and_templates_broke_are_read(written):
    found = [each for each in parse_json(written) if isinstance(each, dict)]
    assert "ferry returns" in found[0]["headline"]
    assert found[0]["author"] == "Ida Brook"


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        (r"The ferry\x27s bell", "The ferry's bell"),
        (r"Bell \ud83d\ude00", "Bell \U0001f600"),
        ("A ferry \\\nreturns", "A ferry returns"),
        (r"Half \ud83d", "Half "),
    ],
)
def test_escapes_of_scripts_are_characters(written, shown):
    (found,) = parse_json(f'{{"@type": "NewsArticle", "headline": "{written}",}}')
    assert found["headline"] == shown


@pytest.mark.parametrize(
    "piece",
    ['"', '{"a":', "[", '"//', "{{", "a:", '","', "/*", "\\", '{"a" ', "&#34;", "aa"],
)
def test_a_long_script_is_read_in_proportion(piece):
    start = process_time()
    parse_json(f"{{{piece * (200_000 // len(piece))}")
    assert process_time() - start < MOST_SECONDS


@pytest.mark.parametrize(
    "attributes",
    [
        'type="application/json+ld"',
        'type=" Application/LD+JSON; charset=utf-8"',
        'type="application/json"',
        "",
    ],
)
def test_json_ld_is_known_by_its_type_or_its_vocabulary(attributes):
    stated = ARTICLE.replace("{", '{"@context": "https://schema.org", ')
    root = tree(f"<p>x</p><script {attributes}>{stated}</script>")
    assert [each["author"] for each in iter_json_ld(root)] == ["Ida Brook"]


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
