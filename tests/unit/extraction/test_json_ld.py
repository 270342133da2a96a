from __future__ import annotations

import json

import pytest

from scraper.extraction.json_ld import StructuredData
from tests.unit.extraction.kit import data_of


def article(**fields):
    return json.dumps({"@type": "NewsArticle", **fields})


def test_the_fields_of_an_article_are_read():
    data = data_of(
        article(
            headline="Tít",
            description="Dẫn",
            author={"@type": "Person", "name": "Mạnh Tú"},
            datePublished="2025-07-11T08:00:00+07:00",
            dateModified="2025-07-11T09:00:00+07:00",
            articleSection="Văn hóa",
            keywords="sách, bản làng",
            inLanguage="vi-VN",
            publisher={"name": "Báo Ví dụ"},
        )
    )
    assert data == StructuredData(
        types=frozenset({"NewsArticle"}),
        headline="Tít",
        description="Dẫn",
        authors=("Mạnh Tú",),
        published="2025-07-11T08:00:00+07:00",
        modified="2025-07-11T09:00:00+07:00",
        section="Văn hóa",
        tags=("sách", "bản làng"),
        language="vi-VN",
        publisher="Báo Ví dụ",
    )


@pytest.mark.parametrize(
    "wrapped",
    [
        "[{}]",
        '{{"@graph": [{{"@type": "WebSite"}}, {}]}}',
        '{{"@type": "WebPage", "mainEntity": {}}}',
        "<!-- {} -->",
        "{};",
    ],
)
def test_an_article_is_found_however_it_is_wrapped(wrapped):
    assert data_of(wrapped.format(article(headline="Tít"))).headline == "Tít"


def test_the_fullest_of_several_articles_counts():
    bare, full = article(name="ngắn"), article(headline="đủ", author="A")
    assert data_of(bare, full).headline == "đủ"


@pytest.mark.parametrize(
    "script",
    [
        "",
        "not json",
        '{"@type": "NewsArticle", "headline": "cắt',
        "[" * 100_000,
        '"text"',
        "null",
        "[1, [2], null]",
        '{"@type": 7, "headline": ["x"]}',
        '{"@type": "NewsArticle", "headline": {"value": "x"}, "author": 5}',
    ],
)
def test_broken_or_odd_data_says_nothing(script):
    data = data_of(script)
    assert (data.headline, data.authors, data.published) == ("", (), "")


def test_a_broken_script_does_not_hide_a_good_one():
    assert data_of("{", article(headline="Tít")).headline == "Tít"


def test_a_trailing_comma_and_raw_newlines_are_forgiven():
    script = '{"@type": "NewsArticle", "headline": "một\nhai",}'
    assert data_of(script).headline == "một hai"


def test_entities_in_values_are_resolved():
    assert data_of(article(headline="Caf&eacute; &amp; s&#225;ch")).headline == (
        "Café & sách"
    )


@pytest.mark.parametrize(
    ("author", "names"),
    [
        ("A", ("A",)),
        (["A", {"name": "B"}], ("A", "B")),
        ({"name": ["A", "B"]}, ("A", "B")),
        ({"@type": "Person"}, ()),
        (None, ()),
    ],
)
def test_authors_are_read_in_every_form(author, names):
    assert data_of(article(author=author)).authors == names


def test_a_list_of_keywords_and_one_of_sections_are_read():
    data = data_of(article(keywords=["a", "b,c"], articleSection=["Một", "Hai"]))
    assert (data.tags, data.section) == (("a", "b", "c"), "Một")


def test_creation_stands_in_for_publication():
    assert data_of(article(dateCreated="2025-07-11")).published == "2025-07-11"


def test_breadcrumbs_are_named_by_the_item_or_by_what_it_points_to():
    items = [
        {"name": "Trang chủ"},
        {"item": {"name": "Văn hóa"}},
        {"item": "https://bao.example/"},
        "stray",
    ]
    script = json.dumps({"@type": "BreadcrumbList", "itemListElement": items})
    assert data_of(script).breadcrumbs == ("Trang chủ", "Văn hóa")


@pytest.mark.parametrize(
    ("value", "free"), [(False, False), ("False", False), (True, True), ("true", True)]
)
def test_text_for_subscribers_only_is_not_free(value, free):
    assert data_of(article(isAccessibleForFree=value)).free is free


def test_data_without_a_word_on_access_is_free():
    assert data_of(article()).free


@pytest.mark.parametrize(
    "name", ["NewsArticle", "http://schema.org/NewsArticle", "BlogPosting", "Report"]
)
def test_types_of_articles_are_articles(name):
    data = data_of(json.dumps({"@type": [name]}))
    assert data.is_article
    assert not data.is_listing


@pytest.mark.parametrize("name", ["CollectionPage", "ItemList"])
def test_types_of_lists_are_listings_unless_there_is_an_article(name):
    script = json.dumps({"@type": name})
    assert data_of(script).is_listing
    assert not data_of(script, article()).is_listing


def test_fields_of_what_is_no_article_are_not_read():
    assert data_of('{"@type": "WebSite", "name": "Báo"}').headline == ""


def test_the_number_of_nodes_is_bounded():
    many = json.dumps([{"@type": "Thing"}] * 3000)
    assert not data_of(many, article(headline="Tít")).is_listing
    deep = '{"@graph": ' * 400 + "[]" + "}" * 400
    assert data_of(deep).types == frozenset()


def test_a_page_without_scripts_says_nothing():
    assert data_of() == StructuredData()


def test_the_longest_article_body_is_read_without_its_markup():
    data = data_of(
        '{"@type": "NewsArticle", "headline": "x", "articleBody": "ngắn"}',
        '{"@type": "WebPage", "articleBody": "&lt;p&gt;Một đoạn&lt;/p&gt;<p>dài hơn</p>"}',
    )
    assert data.body == "Một đoạn dài hơn"


def test_an_article_body_that_is_no_text_is_passed_over():
    assert not data_of('{"@type": "NewsArticle", "articleBody": {"a": 1}}').body


def test_another_node_tells_of_access_where_the_article_does_not():
    other = '{"@type": "WebPage", "isAccessibleForFree": false}'
    assert not data_of(other, article()).free
    assert data_of(other, article(isAccessibleForFree=True)).free


def test_the_node_of_the_page_tells_of_dates_where_no_article_does():
    page = '{"@type": "WebPage", "datePublished": "2025-07-04", "dateModified": "x"}'
    other = '{"@type": "VideoObject", "datePublished": "2025-07-01"}'
    found = data_of(other, page)
    assert (found.published, found.modified) == ("2025-07-04", "x")
    assert data_of(page, article(datePublished="2025-07-03")).published == "2025-07-03"
    assert data_of(other).published == ""


PERSON = {"@type": "Person", "@id": "#ann", "name": "Ann Roe"}


@pytest.mark.parametrize(
    "author",
    [
        {"@id": "#ann"},
        [{"@id": "#ann"}],
        {"@type": "Person", "@id": "#ann"},
        {"@type": "Person", "givenName": "Ann", "familyName": "Roe"},
        {"@type": "Person", "@id": "#other", "name": "Ann Roe"},
    ],
)
def test_an_author_is_named_by_reference_or_in_parts(author):
    graph = [{"@type": "Article", "headline": "x", "author": author}, PERSON]
    assert data_of(json.dumps({"@graph": graph})).authors == ("Ann Roe",)


def test_an_address_as_author_is_looked_up_too():
    person = PERSON | {"@id": "https://paper.example/#ann"}
    graph = [{"@type": "Article", "author": "https://paper.example/#ann"}, person]
    assert data_of(json.dumps({"@graph": graph})).authors == ("Ann Roe",)


def test_a_reference_that_leads_nowhere_names_nobody():
    assert data_of(article(author={"@id": "#nobody"})).authors == ()


def test_organizations_are_authors_only_where_no_person_is():
    paper = {"@type": "NewsMediaOrganization", "name": "Paper"}
    assert data_of(article(author=[paper, PERSON])).authors == ("Ann Roe",)
    assert data_of(article(author=[paper])).authors == ("Paper",)


@pytest.mark.parametrize(
    "value",
    [["Tít", "Phụ"], {"@value": "Tít", "@language": "vi"}, [{"@value": "Tít"}]],
)
def test_a_value_may_be_listed_or_have_a_language(value):
    data = data_of(article(headline=value, datePublished=value))
    assert (data.headline, data.published) == ("Tít", "Tít")


@pytest.mark.parametrize(
    "kind",
    [
        "newsarticle",
        "schema:NewsArticle",
        "https://schema.org#Article",
        "OpinionNewsArticle",
    ],
)
def test_a_type_is_known_however_it_is_written(kind):
    data = data_of(json.dumps({"@type": kind, "headline": "Tít"}))
    assert data.is_article
    assert data.headline == "Tít"


ONE = {"@type": "NewsArticle", "headline": "Tít"}


@pytest.mark.parametrize(
    "around",
    [
        {"@type": "WebSite", "mainEntityOfPage": ONE},
        {"@type": "WebPage", "hasPart": [ONE, {"@type": "WebPageElement"}]},
        {"@graph": [{"@graph": [ONE]}]},
        {"schema": [{"article": ONE}]},
        {"@list": [ONE]},
        json.dumps(ONE),
    ],
)
def test_an_article_is_found_within_other_data(around):
    assert data_of(json.dumps(around)).headline == "Tít"


@pytest.mark.parametrize(
    "around",
    [
        {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": ONE}]},
        {"@type": "ImageObject", "isPartOf": ONE},
        {"@type": "CollectionPage", "hasPart": [ONE, ONE]},
    ],
)
def test_an_article_that_others_only_name_is_not_that_of_the_page(around):
    assert data_of(json.dumps(around)).headline == ""
