from __future__ import annotations

import json
import re
import unicodedata

import pytest

from tests.unit.demo.kit import page_of, text_of, tree_of, visible

PLACES = {
    "current": {
        "title": "//h1[@class='detail-title']",
        "lead": "//div[@class='content']/h2[@class='sapo']",
        "body": "//div[@class='boxdetail']/div[@class='contents']",
        "byline": "//div[@class='boxdetail']/div[@class='author']",
        "section": "//h4[@class='cate']",
    },
    "cms": {
        "title": "//h1[contains(@class,'article__title')]",
        "lead": "//*[contains(@class,'article__sapo')]",
        "body": "//div[@class='article__body cms-body']",
        "byline": "//div[@class='article__meta']//*[contains(@class,'cms-author')]",
        "section": "//div[contains(@class,'breadcrumb')]//h2",
    },
    "older": {
        "title": "//h1[@class='title']",
        "lead": "//h2[@id='plhMain_NewsDetail1_divSapoLive']",
        "body": "//div[@id='plhMain_NewsDetail1_divContentLive']",
        "byline": "//div[@id='plhMain_NewsDetail1_divContentLive']/p[last()]",
        "section": "//div[@class='cate']",
    },
}
TAIL = ("Chia sẻ:", "Các đơn vị thông tin của TTXVN", "Giấy phép số", "Tổng biên tập:")


def of_template(portal, name, count=None):
    return [t for t in portal.truths() if t.template == name][:count]


def path_of(portal, truth):
    return truth.url.removeprefix(portal.base)


def first(portal, name, shape):
    heads = (portal.headline(n) for n in range(len(portal)))
    return next(h for h in heads if (h.template, h.shape) == (name, shape))


@pytest.mark.parametrize("name", PLACES)
def test_the_page_shows_the_fields_of_the_truth_in_their_places(portal, site, name):
    for truth in of_template(portal, name, 60):
        tree = tree_of(site, path_of(portal, truth))
        for field in ("title", "lead", "byline", "section"):
            (element,) = tree.xpath(PLACES[name][field])
            assert text_of(element) == getattr(truth, field)
        published = tree.xpath("//meta[@property='article:published_time']/@content")
        assert published == [truth.published_at]
        tags = tree.xpath("//meta[@property='article:tag']/@content")
        assert tuple(unicodedata.normalize("NFC", tag) for tag in tags) == truth.tags


@pytest.mark.slow
def test_every_text_of_the_truth_is_on_its_page_in_order(portal, site):
    for truth in portal.truths():
        shown = visible(tree_of(site, path_of(portal, truth))).replace(" ", "")
        at = 0
        texts = [part for _, text in truth.blocks for part in re.split(r"[\t\n]", text)]
        for text in [truth.title, truth.lead, *texts]:
            at = shown.find(text.replace(" ", ""), at)
            assert at >= 0, text


def own_text(body):
    """Return the text of the blocks of *body*, as a careful reader would."""
    for junk in body.xpath(
        ".//script|.//noscript|.//ins|.//*[contains(@class,'article-relate')]"
        "|.//figure/p|self::div[@id]/p[last()]"
    ):
        junk.drop_tree()
    for line in body.iter("br"):
        line.tail = " " + (line.tail or "")
    for element in body.iter("p", "li", "td", "figcaption", "h2", "h3"):
        element.tail = " " + (element.tail or "")
    return text_of(body)


@pytest.mark.parametrize("name", PLACES)
def test_the_body_holds_the_blocks_and_nothing_else(portal, site, name):
    for truth in of_template(portal, name):
        (body,) = tree_of(site, path_of(portal, truth)).xpath(PLACES[name]["body"])
        if name == "older":
            body.set("id", "x")
        told = " ".join(text for _, text in truth.blocks)
        assert own_text(body).split() == told.split(), truth.url


def test_bodies_are_split_by_breaks_in_some_articles(portal, site):
    for name in ("current", "cms", "older"):
        head = first(portal, name, "split")
        body = page_of(site, head.path)
        assert body.count("<br>\n<br>") >= 2


def test_questions_are_bold_paragraphs(portal, site):
    head = first(portal, "current", "interview")
    asked = [t for k, t in portal.truth(head.n).blocks if k == "question"]
    bold = tree_of(site, head.path).xpath("//div[@class='contents']//p/strong")
    assert [text_of(element) for element in bold] == asked


@pytest.mark.parametrize(
    ("kind", "path"),
    [
        ("quote", "//blockquote/p"),
        ("list_item", "//div[@class='contents']//ul/li"),
        ("caption", "//figure[@class='image']/figcaption"),
        ("heading", "//div[@class='contents']//h3"),
    ],
)
def test_a_kind_of_block_has_its_element(portal, site, kind, path):
    for truth in of_template(portal, "current", 80):
        told = [text for k, text in truth.blocks if k == kind]
        shown = tree_of(site, path_of(portal, truth)).xpath(path)
        assert [text_of(element) for element in shown] == told


def test_tables_have_a_row_a_line(portal, site):
    head = next(
        portal.headline(n)
        for n in range(250)
        if any(kind == "table" for kind, _ in portal.story(n).blocks)
    )
    (table,) = (t for k, t in portal.truth(head.n).blocks if k == "table")
    rows = tree_of(site, head.path).xpath("//tr")
    cells = [[text_of(cell) for cell in row.xpath("td")] for row in rows]
    assert cells == [line.split("\t") for line in table.split("\n")]


def test_an_advert_stands_within_the_body(portal, site):
    page = page_of(site, first(portal, "current", "news").path)
    assert re.search(
        r'<div id="divfirst">.*</div><(ins|div) .*<script.*<noscript>.*<div id="divend">',
        page,
        re.DOTALL,
    )


def test_every_alt_of_a_body_is_the_same(portal, site):
    for name in PLACES:
        tree = tree_of(site, first(portal, name, "gallery").path)
        assert set(tree.xpath("//figure//img/@alt")) == {"Chú thích ảnh"}


def test_the_older_template_prints_the_words_before_a_caption(portal, site):
    head = first(portal, "older", "gallery")
    lines = tree_of(site, head.path).xpath("//figure/p")
    assert {text_of(line) for line in lines} == {"Chú thích ảnh"}
    assert len(lines) == len(portal.truth(head.n).captions)


def test_the_older_template_has_the_tail_of_the_seed(portal, site):
    head = first(portal, "older", "news")
    shown = visible(tree_of(site, head.path))
    stray = portal.related(head.n)[0]
    tail = f"{stray.title} {stray.title} {stray.lead} Chia sẻ:"
    assert tail in shown
    bar = "doanh nghiệp - Sản phẩm - Dịch vụ Thông cáo báo chí Rao vặt"
    assert shown.index(bar) > shown.index(tail)
    assert shown.rindex("Các đơn vị thông tin của TTXVN") > shown.index(bar)


def test_the_current_template_is_surrounded_by_its_chrome(portal, site):
    head = first(portal, "current", "news")
    tree = tree_of(site, head.path)
    shown = visible(tree)
    assert all(text in shown for text in (*TAIL, "Từ khóa:", "tin cùng chuyên mục"))
    assert 2 <= len(tree.xpath("//ul[@class='list-concern']/li")) <= 4
    assert len(tree.xpath("//div[@class='widget']//p[@class='des']")) == 1
    assert (
        len(
            tree.xpath("//div[@class='content_bottom']//li[contains(@class,'item-cb')]")
        )
        == 20
    )
    assert tree.xpath("//div[@class='keysword']//strong")


def structured(page):
    found = re.search(r'ld\+json">\s*(\{.*?\})\s*</script>', page, re.DOTALL)
    return json.loads(found[1])


def test_structured_data_is_json_and_glues_the_author_to_the_agency(portal, site):
    for n in range(60):
        head, story = portal.headline(n), portal.story(n)
        if head.template == "current" and n % 31 != 7:
            record = structured(page_of(site, head.path))
            assert record["author"]["name"] == story.byline.glued
            assert record["dateModified"] == record["datePublished"]


def test_a_quote_in_the_lead_breaks_the_description(portal, site):
    head = next(
        portal.headline(n)
        for n in range(250)
        if '"' in portal.headline(n).lead and portal.headline(n).template == "current"
    )
    (broken,) = tree_of(site, head.path).xpath(
        "//meta[@property='og:description']/@content"
    )
    assert head.lead.startswith(broken)
    assert len(broken) < len(head.lead)


def test_now_and_then_a_page_is_decomposed(portal, site):
    assert not unicodedata.is_normalized("NFC", page_of(site, portal.headline(7).path))
    title = tree_of(site, portal.headline(7).path).xpath("//h1")[0].text_content()
    assert unicodedata.is_normalized("NFD", title)
    title = tree_of(site, portal.headline(8).path).xpath("//h1")[0].text_content()
    assert unicodedata.is_normalized("NFC", title)


def test_bodies_are_written_with_entities(portal, site):
    page = page_of(site, first(portal, "current", "news").path)
    body = page[page.index('id="divfirst"') : page.index('class="author"')]
    assert "&agrave;" in body
    assert not set("àáâãèéêìíòóôõùúý") & set(re.sub("<[^>]*>", "", body))


@pytest.mark.parametrize("name", PLACES)
def test_an_article_weighs_what_a_real_one_does(portal, site, name):
    size = len(page_of(site, first(portal, name, "news").path).encode())
    assert 260_000 < size < 320_000


def test_a_listing_weighs_what_a_real_one_does(site):
    assert 140_000 < len(page_of(site, "/the-gioi-130ct0.htm").encode()) < 180_000
