"""The table of rules is what the ledger names, and docs/rules.md is made from it."""

from __future__ import annotations

import re

import pytest

from scraper.errors import ExtractionError
from scraper.extraction.document import Bound
from scraper.extraction.rules import Rule, Stage, rule_against
from scraper.extraction.titles import repeats_title
from scraper.reading import read
from tests.docs.rules import render_rules
from tests.unit.extraction.kit import TITLE, VIETNAMESE, only_block
from worlds.gold.replica import write_replica
from worlds.gold.sets import SHARED_DATA, load_sets


def test_the_page_of_the_rules_is_current(project):
    assert (project / "docs" / "rules.md").read_text("utf-8") == render_rules()


def rules_of(pages):
    return {(entry.rule, entry.kept) for _, page in pages for entry in ledger_of(page)}


def ledger_of(page):
    try:
        return read(page).ledger
    except ExtractionError:
        return ()


KNOWN = {(str(rule), rule.keeps) for rule in Rule}


def test_every_rule_of_the_replicas_ledgers_is_in_the_table(tmp_path):
    assert rules_of(write_replica(tmp_path).iter_pages()) <= KNOWN


@pytest.mark.slow
@pytest.mark.skipif(not SHARED_DATA.is_dir(), reason="no gold sets on this machine")
def test_every_rule_of_the_gold_pages_ledgers_is_in_the_table():
    sets = [s for s in load_sets(SHARED_DATA) if s.name in ("aed", "listings", "vn2")]
    assert rules_of(page for each in sets for page in each.iter_pages()) <= KNOWN


OWN = re.compile(
    rf"[\"'](?:{'|'.join(rule for rule in Rule if '_' in rule)})[\"']",
)


def test_no_rule_is_named_beside_the_table(project):
    tables = {"rules.py", "document.py"}
    named = {
        (path.name, name)
        for path in (project / "scraper").rglob("*.py")
        if path.name not in tables
        for name in OWN.findall(path.read_text("utf-8"))
    }
    assert named == set()


def test_every_rule_is_asked_for(project):
    paths = (project / "scraper").rglob("*.py")
    code = "".join(path.read_text("utf-8") for path in paths)
    bounds = {rule for rule in Rule if rule.stage is Stage.BOUNDS}
    asked = {rule for rule in Rule if f"Rule.{rule.name}" in code}
    assert asked == set(Rule) - bounds
    assert {str(bound) for bound in Bound} == {str(rule) for rule in bounds}


RESIDUAL = [
    "Chia sẻ:",
    "Chia sẻ",
    "CHIA SẺ",
    "Từ khóa:",
    "Từ khoá:",
    "Chú thích ảnh",
    "Tin liên quan",
    "Bài viết liên quan",
    "Xem thêm",
    "Đọc thêm »",
    "Có thể bạn quan tâm",
    "Đừng bỏ lỡ",
    "Tin đọc nhiều nhất",
    "Tin mới nhất",
    "Tin cùng chuyên mục",
    "Cùng chuyên mục",
    "Bình luận",
    "Ý kiến bạn đọc",
    "Quảng cáo",
    "Rao vặt",
    "Thông cáo báo chí",
    "doanh nghiệp - Sản phẩm - Dịch vụ",
    "Dòng sự kiện:",
    "Dòng sự kiện: Xây dựng nông thôn mới",
    "Các đơn vị thông tin của TTXVN",
    "Giấy phép số 12/GP-BTTTT cấp ngày 1/2/2020",
    "Tổng biên tập: Nguyễn Văn Ví Dụ",
    "Bản quyền thuộc về Báo Ví dụ",
    "Copy link",
    "Lưu bài viết",
    "Theo dõi Báo Ví dụ trên Google News",
    "Advertisement",
    "Share this article",
    "Sign up for our morning letter",
    "Lire aussi : le marché du samedi",
]
SENTENCES = [
    "Ông chia sẻ: chuyến đi đã thay đổi cả bản làng.",
    "Chia sẻ với phóng viên, bà Mai cho biết mùa này cá về muộn.",
    "Bình luận của chuyên gia về giá gạo được nhiều người chờ đợi.",
    "Theo dõi sát diễn biến mưa lũ là yêu cầu đặt ra cho các địa phương.",
    "Ảnh chụp vệ tinh cho thấy tâm bão đã dịch lên phía Bắc.",
    "Video ghi lại cảnh đoàn xe vượt đèo trong đêm.",
    "Quảng cáo ngoài trời sẽ được thu phí từ năm sau.",
    "Tổng biên tập tờ báo đã nhận giải thưởng hôm qua.",
    "Read more books, the teacher told the class.",
    "Share prices fell for a third day in a row.",
    "Related industries hired four thousand people.",
]


def against(markup, *, title=TITLE, found=True):
    return rule_against(only_block(markup), title=title, found=found)


@pytest.mark.parametrize(
    "line",
    RESIDUAL,
)
def test_a_residual_string_alone_on_a_line_is_dropped(line):
    assert against(f"<p>{line}</p>") == "residual_string"


@pytest.mark.parametrize("sentence", SENTENCES)
def test_the_same_words_inside_a_sentence_are_kept(sentence):
    assert against(f"<p>{sentence}</p>") is None


@pytest.mark.parametrize("marks", ["***", "—", "• • •", "…", "| |"])
def test_a_line_of_marks_is_dropped(marks):
    assert against(f"<p>{marks}</p>") == "marks_only"


@pytest.mark.parametrize(
    "line",
    [
        "Thứ Bảy, 12/07/2025 15:13",
        "Chủ Nhật, ngày 13/07/2025 - 06:30",
        "12/07/2025",
        "15:13 12-07-2025",
        "12.07.2025 15h13",
        "T7, 12/07/2025, 15:13 (GMT+7)",
        "Saturday 12 July 2025 15:13, UK",
        "July 12, 2025 — 4.00pm",
        "Updated July 12, 2025",
        "Publié le 12 juillet 2025 à 15h13",
    ],
)
def test_a_line_that_is_a_date_is_dropped(line):
    assert against(f"<p>{line}</p>") == "date_line"


@pytest.mark.parametrize(
    "sentence",
    [
        "Ngày 12/07/2025, đoàn xe khởi hành từ Sơn La.",
        "12/07/2025 là ngày hội của bản.",
        "Tỷ lệ 12/07",
        "July 12, 2025",
        "On Saturday 12 July 2025 at 15:13 the bus left.",
        "15 20 30 uk",
    ],
)
def test_a_sentence_with_a_date_is_kept(sentence):
    assert against(f"<p>{sentence}</p>") is None


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{TITLE}</p>",
        f"<h2>{TITLE.upper()}!</h2>",
        f"<h3>{TITLE} hôm nay</h3>",
    ],
)
def test_the_title_said_again_is_dropped(markup):
    assert against(markup) == "title_repeated"


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{TITLE} hôm nay</p>",
        f"<p>{TITLE} là tin vui của mười hai bản trong ngày đầu hè.</p>",
        "<h2>Thư viện cho trẻ em</h2>",
    ],
)
def test_a_paragraph_that_shares_words_with_the_title_is_kept(markup):
    assert against(markup) is None


def test_a_heading_with_a_date_and_a_time_is_kept():
    assert against("<h3>Saturday 12 July 2025 15:13</h3>") is None


@pytest.mark.parametrize(
    "line",
    [
        'REQUIRED READING: <a href="/x">Bus full of books reaches the valley</a>',
        '[Related: <a href="/x">Bus full of books reaches the valley</a>]',
        'CLASS LISTS: <a href="/x">First</a> | <a href="/y">Second</a>',
        'Liên quan: <a href="/x">Xe sách về bản trong mưa</a> và ảnh',
        'Sur le même sujet : <a href="/x">Le car rempli de livres</a> hier',
    ],
)
def test_a_known_label_or_capitals_before_links_is_dropped(line):
    assert against(f"<p>{line}</p>") == "labelled_link"


@pytest.mark.parametrize(
    "markup",
    [
        '<p>The council said: <a href="/x">the bus full of books comes back</a></p>',
        '<p>RELATED COSTS: the council pays <a href="/x">for fuel</a> and books.</p>',
        '<ul><li>NÀ SANG: <a href="/x">danh sách</a></li></ul>',
        f'<p>NÀ SANG: <a href="/x">{" ".join(VIETNAMESE[:2])}</a></p>',
        "<p>RELATED COSTS: 12</p>",
        "<p>NÀ SANG:</p>",
    ],
)
def test_a_label_before_text_a_list_and_a_sentence_are_kept(markup):
    assert against(markup) != "labelled_link"


@pytest.mark.parametrize("label", ["Đọc thêm", "<b>Xem thêm</b>", "Read more"])
def test_behind_a_known_label_there_need_be_no_colon(label):
    link = '<a href="/x">Đội bóng phố biển thắng trận sân nhà</a>'
    assert against(f"<p>{label} {link}</p>") == "labelled_link"
    assert against(f"<p>{label} {VIETNAMESE[0]} {link}</p>") != "labelled_link"


def test_a_heading_with_another_word_in_place_of_one_is_another():
    title = "Chuyện cây cầu dân sinh ở xã Suối Cát"
    assert repeats_title(only_block(f"<h2>{title}: kỳ hai</h2>"), title)
    assert not repeats_title(
        only_block("<h2>Từ cây cầu dân sinh ở xã Suối Cát</h2>"), title
    )


def test_without_a_title_nothing_repeats_it():
    assert not repeats_title(only_block("<h2>x</h2>"), "")
    assert not repeats_title(only_block("<h2>…</h2>"), TITLE)


@pytest.mark.parametrize(
    ("markup", "found", "rule"),
    [
        ('<p><a href="/x">Xe sách về bản trong mưa</a></p>', True, "link_only"),
        ('<p><a href="/x">Xe sách về bản trong mưa</a></p>', False, "link_only"),
        ('<p>»<a href="/x">Xe sách về bản trong mưa</a></p>', True, "link_only"),
        ('<p><a href="/x">Nà Sang</a></p>', False, "link_only"),
        ('<p><a href="/x">Nà Sang</a></p>', True, None),
        ('<ul><li><a href="/x">Một mục có thật dài</a></li></ul>', True, None),
        ('<ul><li><a href="/x">Một mục có thật dài</a></li></ul>', False, "link_only"),
        ('<blockquote><a href="/x">Lời nói dài được dẫn</a></blockquote>', True, None),
        (
            '<figcaption><a href="/x">Ảnh chụp ở sân trường</a></figcaption>',
            False,
            None,
        ),
        ('<p>Bấm <a href="/x">vào đây</a> để đọc tiếp bản đầy đủ.</p>', False, None),
    ],
)
def test_a_block_that_is_one_link_is_a_teaser_unless_it_is_the_articles(
    markup, found, rule
):
    assert against(markup, found=found) == rule


@pytest.mark.parametrize(
    ("markup", "found", "rule"),
    [
        (f'<a href="/x"><p>{VIETNAMESE[0]}</p></a>', True, None),
        (f'<a href="/x" rel="nofollow"><p><i>{VIETNAMESE[1]}</i></p></a>', True, None),
        ('<a href="/x"><p>三条木船今天早上重新下水，岸边站满了来看热闹的村民。</p></a>', True, None),
        (f'<a href="/x"><p>{VIETNAMESE[0]}</p></a>', False, "link_only"),
        (f'<p><a href="/x">{VIETNAMESE[0]}</a></p>', True, "link_only"),
        (f'<a href="/x"><p>{VIETNAMESE[0].strip(".")}</p></a>', True, "link_only"),
        ('<a href="/x"><p>Xe sách về bản trong mưa.</p></a>', True, "link_only"),
    ],
)  # fmt: skip
def test_an_anchor_around_a_whole_paragraph_is_no_teaser(markup, found, rule):
    assert against(markup, found=found) == rule
