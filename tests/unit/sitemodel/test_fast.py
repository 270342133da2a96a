"""The fast way gives what the careful one gives, or says why it is not taken."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.errors import ExtractionError
from scraper.items import Kind
from scraper.reading import difference, read, read_fast
from tests.unit.sitemodel.kit import (
    changed,
    listing,
    model_of,
    page,
    page_of,
    pages,
    rich,
    rich_pages,
    sentences,
)

OWN = sentences(60)[0]
MODEL = model_of([*rich_pages(6), *(listing(n) for n in (1, 2, 3))])
TABLE = (
    f"<table><tr><th>Tỉnh</th><th>Số vụ</th></tr><tr><td>{OWN}</td><td>12</td></tr>"
    "<tr><td>Lào Cai</td><td>31</td></tr></table>"
)
CONTAINER = '<div class="box" data-id="9">'


def assert_fast(page, model=MODEL):
    """Return the fast article of *page*, which equals the careful one."""
    fast, careful = read_fast(page, model), read(page, model, full=True)
    assert difference(fast, careful) == []
    assert fast.extraction.method == "fast"
    return fast


def why_careful(page, model=MODEL):
    """Return why *page* is not read the fast way; it is read the careful one."""
    article = read(page, model)
    assert article.extraction.method == "careful"
    assert difference(article, read(page, model, full=True)) == []
    return article.extraction.not_fast


def with_status(page, status):
    return replace(page, status=status)


def test_all_fields_are_read_from_the_slices():
    article = assert_fast(rich(9))
    assert article.text.count("\n\n") == 6
    assert article.lead.startswith("Nhiều gia đình")
    assert article.byline == "Linh Sơn (TTXVN)"
    assert article.authors == ("Linh Sơn",)
    assert article.breadcrumbs == ("Xã hội",)
    assert article.tags == ("mùa mưa", "Đà Lạt")
    assert len(article.images) == 1
    assert article.published_at.isoformat() == "2025-07-19T15:13:00+07:00"


def test_links_and_the_places_of_images_are_those_of_the_whole_page():
    body = sentences(9)
    body[1] = body[1].replace("gia đình", "<a href='xe.html'> gia  đình </a>")
    shown = changed(
        rich(9, body=body, inside=f"<img src='/c.jpg'><p>{OWN} <a href='#x'>x</a></p>"),
        ("<head>", "<head><base href='/goc/'>"),
        ("yên ổn hơn", "<a href='/on'>yên ổn</a> hơn"),
    )
    article = assert_fast(shown)
    (link,) = [link for block in article.blocks for link in block.links]
    assert (link.text, link.url) == ("gia đình", "https://bao.example/goc/xe.html")
    assert [link.url for link in article.lead_links] == ["https://bao.example/on"]
    assert [image.position for image in article.images] == [6, 7]


def test_a_site_without_anything_around_its_container_is_read_fast_too():
    assert len(assert_fast(page(9), model_of(pages(6))).blocks) == 6


@pytest.mark.parametrize(
    "held",
    [
        "<!-- </div> --><!-- <div> -->",
        "<script>document.write('</div>')</script>",
        "<SCRIPT>document.write('</div>')</SCRIPT>",
        "<script>var open = '<!--'</script>",
        '<script type=\'application/ld+json\'>{"x": "</div>"}</script>',
        "<style>p:after { content: '</div>' }</style>",
        "<svg><g><title>x</title></g></svg>",
        "<svg><style>/* </div> */</style></svg>",
        "<template><p>Mời bạn đọc tiếp một bài khác của chúng tôi</p></template>",
        "<div><div></div></div>",
        "<h2>Một tiêu đề nhỏ</h2><p>" + OWN + "</p>",
        "<p>Một chữ \x01\x02lạ\x0b trong câu này, bài vẫn đọc được như mọi khi.</p>",
        "<p>Một câu &amp; &lt;div&gt; viết bằng ký hiệu, đọc được như mọi khi.</p>",
        "<figure><img src='/b.jpg'><figcaption>Một bức ảnh khác.</figcaption></figure>",
        "<div class='wide'><figure><figcaption>" + OWN + "</figcaption></figure></div>",
        "<blockquote>" + OWN + "</blockquote>",
        TABLE,
        "<blockquote>" + sentences(9)[2] + "</blockquote>",
        "<p><em>" + OWN + "</em></p>",
        "<div class='odd'>Một dòng lạc.</div>",
        "<div class='odd'><a href='/x'>" + OWN + "</a></div>",
        "<p hidden>" + sentences(9)[2] + "</p>",
        "<form><span hidden>Mời bạn đọc tiếp.</span></form>",
    ],
)
def test_what_a_container_holds_is_read_as_on_the_whole_page(held):
    assert_fast(rich(9, inside=held))


@pytest.mark.parametrize(
    "pairs",
    [
        [("\n", "\r\n")],
        [("\n", "\n\n\t ")],
        [('class="title t9"', "id=head class='title t77'")],
        [("<h1", "<h1 "), ("</h1>", "</h1 >")],
        [("<p>", "<P>"), ("</p>", "</P>")],
        [('<div class="date">', "<DIV CLASS='date'>")],
        [("</div>", "</DIV>")],
        [("<h1", "<header><h1"), ("</h1>", "</h1></header>")],
        [("</nav>", "</NAV>")],
        [('property="og:title"', "property='og:title'")],
        [("<body>", "<body>\x01\x02\0")],
        [('<div class="river">', "<script>'<div class=\\'box\\'>'</script><div>")],
        [("Sơn (TTXVN)</div>", "Sơn (TTXVN)</div><!-- hết -->")],
        [('class="foot"', 'class="foot" data-x="<div class=box>"')],
    ],
)
def test_markup_that_varies_is_read_as_on_the_whole_page(pairs):
    assert_fast(changed(rich(9), *pairs))


def test_a_page_without_a_credit_line_or_tags_is_read_fast():
    bare = changed(
        rich(9),
        ('<div class="author">Linh Sơn (TTXVN)</div>', '<div class="none"></div>'),
        ('<div class="tags">', '<div class="else">'),
    )
    assert assert_fast(bare).byline == ""


def test_utf8_is_believed_over_the_declaration_of_another_encoding():
    assert_fast(changed(rich(9), ("utf-8", "windows-1252"), encoding="windows-1252"))


@pytest.mark.parametrize(
    "broken", [b"\xf3", b"\xe1\xbb", b"\xf0\x9f\x98", b"\xc3\x01\xa0"]
)
@pytest.mark.parametrize("place", ["Cơ quan", "Đường", "Sáng", "Linh", "Khôi"])
def test_a_page_of_declared_utf8_may_hold_broken_letters(broken, place):
    body = rich(9).body.replace(place.encode(), b"x" + broken + b" ")
    assert_fast(replace(rich(9), body=body))


HEADING = "<h3>Một tiêu đề mà chưa bài nào có</h3>"


def wrapped(number, heading=""):
    text = sentences(number + 60)[0]
    return rich(number, inside=f"<section>{heading}<p>{text}</p></section>")


@pytest.mark.parametrize(
    "pair",
    [
        ("</h1>", f"</h1><div class='odd'>{OWN}</div>"),
        (CONTAINER, f"{CONTAINER}<div><ul><li>{OWN}</li></ul></div>"),
        (CONTAINER, f"{CONTAINER}<aside><p>{OWN}</p></aside>"),
        (CONTAINER, f"{CONTAINER}<footer>{OWN}</footer>"),
    ],
)
def test_what_only_the_labeller_can_tell_sends_the_page_the_careful_way(pair):
    assert why_careful(changed(rich(9), pair)) == "unknown_block"


@pytest.mark.parametrize("place", ["before", "after"])
@pytest.mark.parametrize("tag", ["ul", "ol"])
def test_a_list_directly_in_the_container_is_body(tag, place):
    entries = f"<{tag}><li>{OWN}</li><li>Một dòng ngắn</li></{tag}>"
    opened = changed(rich(9), (CONTAINER, CONTAINER + entries))
    article = assert_fast(opened if place == "before" else rich(9, inside=entries))
    assert OWN in article.text


def test_an_unknown_heading_in_another_element_than_the_text_is_an_unknown_block():
    model = model_of([wrapped(n) for n in range(1, 7)])
    promoted = f"<div>{HEADING}<img src='/x.jpg'></div><section>"
    assert why_careful(changed(wrapped(9), ("<section>", promoted)), model) == (
        "unknown_block"
    )


HEADED = model_of([rich(n, inside="<div><h2>Xem gì?</h2></div>") for n in range(1, 7)])
LINKS = "<ul><li><p><a href='/{0}'>Một chuyện khác số {0}</a></p></li></ul>"
LISTED = model_of(
    [
        rich(n, inside=f"<ul><li><p>{sentences(n + 70)[0]}</p></li></ul>")
        for n in range(1, 7)
    ]
)


def test_a_list_of_links_where_other_pages_have_text_is_an_unknown_block():
    assert why_careful(rich(9, inside=LINKS.format(9)), LISTED) == "unknown_block"


def test_a_listing_is_known_by_its_openings():
    article = assert_fast(listing(7))
    assert (article.kind, article.text) == (Kind.LISTING, "")
    assert article.title == "Chuyên mục 7"


def test_an_article_set_in_the_markup_of_listings_is_none():
    declared = '<meta property="article:published_time" content="2025-07-12T08:00:00Z">'
    assert why_careful(changed(listing(7), ("</head>", declared + "</head>"))) == (
        "no_container"
    )
    data = '<script type="application/ld+json">{"@type": "NewsArticle"}</script>'
    assert why_careful(changed(listing(7), ("</body>", data + "</body>"))) == (
        "no_container"
    )


@pytest.mark.parametrize(
    ("reason", "odd"),
    [
        ("status", with_status(rich(9), 403)),
        ("status", with_status(rich(9), 500)),
        ("no_head", changed(rich(9), ("</head>", ""))),
        ("no_container", changed(rich(9), ('class="box"', 'class="story"'))),
        ("no_container", changed(rich(9), ('class="box"', "class='box'"))),
        ("no_container", changed(rich(9), ("<div class=", "<DIV class="))),
        ("container_doubled", rich(9, inside='<div class="box" data-id="9">x</div>')),
        ("container_open", changed(rich(9), (CONTAINER, CONTAINER + "<div>" * 9))),
        ("container_open", changed(rich(9), (CONTAINER, CONTAINER + "<!-- "))),
        ("follower", changed(rich(9), (CONTAINER, CONTAINER + "</div>"))),
        ("follower", changed(rich(9), ('<div class="author">', "<p class='author'>"))),
        ("follower", rich(9, inside="<svg><title></div></title></svg>")),
        ("start_doubled", changed(rich(9), ("<h1", "<h1>Báo</h1><h1"))),
        ("no_start", changed(rich(9), ("<h1", "<h4"), ("</h1>", "</h4>"))),
        (
            "end_doubled",
            changed(rich(9), ("(TTXVN)</div>", '</div><div class="author">x</div>')),
        ),
        (
            "markup_open",
            changed(rich(9), ('<div class="tags">', '<div class="tags"><!--')),
        ),
        (
            "tags_open",
            changed(rich(9), ('<div class="tags">', '<ul class="tags">')),
        ),
        (
            "tags_many",
            changed(rich(9), ("<nav", "<p class='tags'></p>" * 41 + "<nav")),
        ),
        (
            "tags_around",
            changed(rich(9), ('<div class="content">', "<div class='tag content'>")),
        ),
        ("unknown_block", rich(9, inside=f"<div class='odd'>{OWN}</div>")),
        ("unknown_block", rich(9, inside=f"<figure class='odd'>{OWN}</figure>")),
        ("unknown_block", rich(9, inside=f"<div><div>{TABLE}</div></div>")),
        ("unknown_block", rich(9, inside="<p class='signed'>Ghi chép tại Hà Nội</p>")),
        ("unknown_block", changed(rich(9), ("</h1>", f"</h1><h3>{OWN}</h3>"))),
        ("hidden_text", rich(9, inside=f"<p hidden>{OWN}</p>")),
        ("hidden_text", rich(9, inside="<p hidden>Mời bạn đọc tiếp.</p>")),
        ("hidden_text", rich(9, inside=f"<div class='hidden'><p>{OWN}</p></div>")),
        ("short", rich(9, body=["Một câu ngắn thôi."])),
        ("nothing_parsed", changed(rich(9), ('<html lang="vi"', "<html lang='vi"))),
        ("encoding", replace(rich(9), body=b"\xef\xbb\xbf" + rich(9).body)),
        ("encoding", replace(rich(9), body=b"\0" + rich(9).body)),
    ],
)
def test_a_page_that_is_not_as_the_model_knows_goes_the_careful_way(reason, odd):
    assert why_careful(odd) == reason


def test_a_lead_on_an_unknown_path_is_told_by_the_description():
    lead = ('<h2 class="sapo">', '<div class="u7"><p>'), ("</h2>", "</p></div>")
    odd = changed(rich(9, body=sentences(9, 24)), *lead)
    assert assert_fast(odd).lead.startswith("Nhiều gia đình")
    undescribed = changed(odd, ('name="description"', 'name="other"'))
    assert why_careful(undescribed) == "unknown_block"
    assert why_careful(changed(rich(9), *lead)) == "unknown_block"


def test_a_form_around_the_whole_page_excuses_no_unknown_block():
    around = ("<body>", "<body><form id='form1'>"), ("</body>", "</form></body>")
    model = model_of([changed(each, *around) for each in rich_pages(6)])
    assert_fast(changed(rich(9), *around), model)
    odd = rich(9, inside=f"<div class='odd'><p>{OWN}</p></div>")
    assert why_careful(changed(odd, *around), model) == "unknown_block"


def test_a_headline_below_the_container_is_no_start():
    head, box, rest = (
        part.decode() for part in rich(9).body.partition(CONTAINER.encode())
    )
    start = head.index("<h1")
    moved = rest.replace(
        '<div class="tags">', head[start:] + '</div><div class="tags">'
    )
    assert why_careful(page_of(9, head[:start] + box + moved)) == "no_container"


@pytest.mark.parametrize("declared", [None, "windows-1252", "iso-8859-1"])
def test_a_page_in_windows_1252_goes_the_careful_way(declared):
    text = rich(9).body.replace(b"utf-8", b"windows-1252").decode()
    body = text.encode("cp1252", "xmlcharrefreplace")
    assert why_careful(replace(rich(9), body=body, encoding=declared)) == "encoding"


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_page_in_utf_16_goes_the_careful_way(codec):
    body = rich(9).body.decode().encode(codec)
    assert why_careful(replace(rich(9), body=body, encoding=codec)) in (
        "encoding",
        "no_head",
    )


@pytest.mark.parametrize("name", ["template", "textarea"])
def test_a_container_that_is_lost_in_parsing_sends_the_page_the_careful_way(name):
    opened = f"<{name}>{CONTAINER}"
    assert why_careful(changed(rich(9), (CONTAINER, opened))) == "container_lost"


def test_a_model_of_few_pages_leads_no_page_the_fast_way():
    assert why_careful(rich(9), model_of(rich_pages(2))) == "few_pages"
    assert_fast(rich(9), model_of(rich_pages(3)))


def test_a_model_that_erred_leads_no_page_the_fast_way():
    assert why_careful(rich(9), replace(MODEL, audited=10, agreed=8)) == "untrusted"
    assert_fast(rich(9), replace(MODEL, audited=10, agreed=9))


def test_a_model_written_before_there_were_openings_leads_no_page_the_fast_way():
    assert why_careful(rich(9), replace(MODEL, openings={})) == "no_container"


def asking(number, **options):
    """Return a page whose last lines the whole site says."""
    said = "".join(f"<p>{line}</p>" for line in ASKED)
    return rich(number, inside=said, **options)


ASKED = (
    "Nhấn nút theo dõi để không bỏ lỡ câu chuyện nào của chúng tôi trong tuần này.",
    "Mời bạn tải ứng dụng của chúng tôi về máy để đọc tin nhanh hơn mỗi buổi sáng.",
)


def test_a_model_that_would_drop_too_much_of_a_page_leads_it_the_careful_way():
    model = model_of([asking(n) for n in range(1, 7)])
    article = assert_fast(asking(9, body=sentences(9, 12)), model)
    assert not any(line in article.text for line in ASKED)
    assert why_careful(asking(9, body=sentences(9, 3)), model) == "drops_too_much"
    assert read(asking(9, body=sentences(9, 3)), model).text.endswith(ASKED[1])


def test_a_page_that_says_no_more_than_its_lead_goes_the_careful_way():
    said = " ".join(sentences(9, 2))
    _, lead, rest = rich(9, body=[said]).body.decode().partition('<h2 class="sapo">')
    told = lead + said + rest[rest.index("</h2>") :]
    told = told.replace("figcaption>", "b>")
    start = rich(9).body.decode().partition(lead)[0]
    assert why_careful(page_of(9, start + told)) == "no_text"


def test_an_unknown_path_right_in_the_container_is_told():
    assert_fast(changed(rich(9), ("<p>", "<p class='wide'>")))


def test_a_page_may_be_asked_to_go_the_careful_way():
    extraction = read(rich(9), MODEL, full=True).extraction
    assert (extraction.method, extraction.not_fast) == ("careful", "")


def test_a_page_of_no_known_template_says_so():
    templates = (replace(MODEL.templates[0], body="div.box > div.elsewhere"),)
    limited = read_fast(rich(9), replace(MODEL, templates=templates)).extraction
    assert limited.model_limited == "unknown_template"


def test_the_ledger_of_a_fast_article_accounts_for_every_byte():
    told = rich(9)
    ledger = read_fast(told, MODEL, with_ledger=True).ledger
    ranges = [e.path for e in ledger if e.path.startswith("bytes ")]
    outside = [tuple(map(int, each[6:].split("-"))) for each in ranges]
    assert all(e.rule == "outside_container" for e in ledger if e.path in ranges)
    (start, first), (second, end) = outside
    assert (start, end) == (told.body.index(b"</head>"), len(told.body))
    article = told.body[first:second].decode()
    assert article.startswith("<h1")
    assert article.endswith("(TTXVN)</div>")
    kept = [e.text for e in ledger if e.kept]
    assert len(kept) == 10
    assert all(text.split("\n")[0] in article for text in kept)


def test_the_ledger_of_a_fast_listing_leaves_its_teasers_out_as_bytes():
    told = listing(7)
    ledger = read_fast(told, MODEL, with_ledger=True).ledger
    ranges = [e.path for e in ledger if not e.text]
    heading = told.body.index(b"<h1>")
    end = told.body.index(b"</h1>") + len(b"</h1>")
    head = told.body.index(b"</head>")
    assert ranges == [f"bytes {head}-{heading}", f"bytes {end}-{len(told.body)}"]


def test_a_fast_article_has_no_ledger_where_none_is_asked_for():
    assert read(rich(9), MODEL, with_ledger=False).ledger == ()


INSERTED = (
    *("<div>", "</div>", "<!--", "-->", "<script>", "</script>", "<svg>", "</svg>"),
    *("<h1>", "</body>", "</head>", "<table><tr>", "<form>", "<p", '"', "'", ">"),
    *("<plaintext>", "<noscript>", "<template>", "<frameset>", "\0", "\xff", CONTAINER),
    *('<div class="tags">', '<div class="author">', "</html>", "<a href='", "<ul><li>"),
)


def mutated(body, seed):
    """Return *body* with up to six pieces cut, repeated, swapped or put in."""
    chance = random.Random(seed)
    for _ in range(chance.randint(1, 6)):
        start, end = sorted(chance.choices(range(len(body) + 1), k=2))
        end = min(end, start + chance.choice((1, 20, 400)))
        piece, at = body[start:end], chance.randint(0, len(body))
        put = chance.choice(INSERTED).encode("latin-1", "ignore")
        body = chance.choice(
            (
                body[:start] + body[end:],
                body[:at] + piece + body[at:],
                body[:start] + piece[::-1] + body[end:],
                body[:at] + put + body[at:],
            )
        )
    return body


def outcome(page, **options):
    """Return the article, or the name of what was raised; other errors fail the test."""
    try:
        return read(page, MODEL, **options)
    except ExtractionError as error:
        return type(error).__name__


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from([rich(9), listing(7)]), st.integers(0, 2**32))
def test_any_page_is_read_or_refused_as_the_careful_way_does(told, seed):
    odd = replace(told, body=mutated(told.body, seed))
    careful, either = outcome(odd, full=True), outcome(odd)
    if isinstance(careful, str):
        assert either == careful
    else:
        assert either.url == careful.url
