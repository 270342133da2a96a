"""Fields that a spider says where to find."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from scraper.errors import ConfigurationError
from scraper.items import Hint, Page
from scraper.reading import read

TEXT = "".join(
    f"<p>Đoạn {n}: cơ quan chức năng cho biết công việc đang được triển khai đúng kế hoạch,"
    f" người dân địa phương đồng tình ủng hộ lần thứ {n}.</p>"
    for n in range(8)
)
PAGE = Page(
    "https://tin.example.vn/bai-viet-so-mot.html",
    f"""<html lang="vi"><head><title>Bài viết số một của báo</title>
    <meta name="x-day" content="2025-07-12T15:13:00+07:00"></head><body>
    <i class="chuyen">Đời sống</i><article><h1>Bài viết số một của báo</h1>{TEXT}</article>
    <b class="nguoi">Lê An</b><b class="nguoi">Hồ Bình</b><b class="nguoi">Lê An</b>
    <u class="luc">3:13 CH 12/07/2025</u><u class="nhan">lúa</u><u class="nhan"> </u>
    </body></html>""".encode(),
    fetched_at=datetime(2025, 8, 1, tzinfo=UTC),
)
UNDATED = replace(
    PAGE,
    body=PAGE.body.replace(b"2025-07-12T15:13:00+07:00", b"").replace(
        b"12/07/2025", b""
    ),
)
MOMENT = datetime(2025, 7, 12, 8, 13, tzinfo=UTC)


def article(*hints: Hint, page: Page = PAGE):
    return read(replace(page, hints=hints))


def test_what_a_hint_finds_is_the_field() -> None:
    found = article(
        Hint("authors", ".nguoi"), Hint("section", ".chuyen"), Hint("tags", ".nhan")
    )
    assert found.authors == ("Lê An", "Hồ Bình")
    assert (found.section, found.tags) == ("Đời sống", ("lúa",))
    assert found.text == article().text


@pytest.mark.parametrize("place", [".luc", "meta[name=x-day]", "u"])
def test_a_time_is_read_as_it_is_printed_or_stated(place: str) -> None:
    found = article(Hint("published_at", place))
    assert (found.published_at, found.published_source) == (MOMENT, "hint")


@pytest.mark.parametrize("place", [".nowhere", ".nhan", "article p"])
def test_what_a_hint_does_not_find_stays(place: str) -> None:
    assert article(Hint("published_at", place)) == article()


def test_the_first_hint_that_finds_something_counts() -> None:
    hints = [Hint("section", place) for place in (".nowhere", ".chuyen", "h1")]
    assert article(*hints).section == "Đời sống"


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (date(2025, 8, 1), date(2025, 8, 1), True),
        (date(2025, 8, 2), None, False),
        (None, date(2025, 7, 31), False),
    ],
)
def test_a_hint_holds_for_its_dates(since, until, holds) -> None:
    found = article(Hint("section", ".chuyen", since, until), page=UNDATED)
    assert (found.section == "Đời sống") is holds


@pytest.mark.parametrize(("until", "holds"), [(12, True), (11, False)])
def test_the_day_is_that_of_the_article_before_that_of_the_visit(until, holds) -> None:
    found = article(Hint("section", ".chuyen", until=date(2025, 7, until)))
    assert (found.section == "Đời sống") is holds


def test_a_page_without_a_day_has_only_hints_without_dates() -> None:
    hint = Hint("section", ".chuyen", since=date(2000, 1, 1))
    page = replace(UNDATED, fetched_at=None)
    found = article(hint, Hint("tags", ".nhan"), page=page)
    assert (found.section, found.tags) == ("", ("lúa",))


@pytest.mark.parametrize(
    ("field", "place"), [("body", "p"), ("tags", "p["), ("tags", "")]
)
def test_a_hint_that_cannot_be_is_refused(field: str, place: str) -> None:
    with pytest.raises(ConfigurationError, match="hint for"):
        Hint(field, place)


def test_hints_reach_a_worker() -> None:
    page = replace(PAGE, hints=(Hint("tags", ".nhan"),))
    assert pickle.loads(pickle.dumps(page)) == page
