"""Whoever browses the store reads it: nothing is written, and no foreign page looks in."""

from __future__ import annotations

import http.client
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import quote, urlencode, urlsplit

import pytest

from scraper.storage import open_store
from tests.unit.browsing.kit import ARTICLES, EDITED, browsing
from tests.unit.cli.kit import make_article


@pytest.mark.parametrize(
    "sql",
    [
        "insert into forgotten values ('a', 'b')",
        "with x as (select 1) insert into forgotten select 'a', '2025-01-01'",
        "with x as (select 1) delete from stored_texts",
    ],
)
def test_sql_that_writes_is_refused(browsed, sql: str) -> None:
    status, page = browsed.ask(f"/tinsach?{urlencode({'sql': sql})}")
    assert status == 400
    assert "readonly database" in page or "must be a SELECT" in page
    with open_store(browsed.store) as store:
        assert store.count() == 4


def test_sql_that_reads_finds_as_the_search_does(browsed) -> None:
    query = (
        "select count(*) from articles_fts"
        " where articles_fts match tinsach_query('bộ chỉ số')"
    )
    answer = browsed.json(
        f"/tinsach.json?{urlencode({'sql': query, '_shape': 'arrays'})}"
    )
    assert answer["rows"] == [[1]]


_ROWS = "with recursive c(i) as (select 1 union all select i + 1 from c limit {})"


def check_bounds(browsed, sql: str, status: int, said: str) -> None:
    began = time.monotonic()
    hurried = replace(browsed, seconds=20)
    answered, page = hurried.ask(f"/tinsach?{urlencode({'sql': sql})}")
    assert (answered, said in page) == (status, True)
    assert time.monotonic() - began < 20
    assert browsed.peak_mib < 500
    assert browsed.titles()


@pytest.mark.parametrize(
    ("sql", "status", "said"),
    [
        ("select randomblob(1000000000)", 400, "too big"),
        ("select zeroblob(1000000000)", 400, "too big"),
        (
            f"{_ROWS.format(99)} select group_concat(zeroblob(9999)) from c",
            400,
            "too big",
        ),
        (f"{_ROWS.format(10**6)} select zeroblob(200000), i from c", 400, "64 MiB"),
        ("select 'a' like hex(zeroblob(2000))", 400, "pattern too complex"),
    ],
)
def test_sql_has_limits_of_memory(browsed, sql: str, status: int, said: str) -> None:
    check_bounds(browsed, sql, status, said)


_SLOW = "instr(hex(zeroblob(100000)), hex(zeroblob(50000)) || i)"


@pytest.mark.slow
@pytest.mark.parametrize(
    "sql",
    [
        "select count(*) from c",
        "select a.i from c a, c b, c d order by a.i * b.i",
        f"select {', '.join([_SLOW] * 10)} from c",
    ],
)
def test_sql_has_limits_of_time(browsed, sql: str) -> None:
    check_bounds(browsed, f"{_ROWS.format(10**9)} {sql}", 400, "took too long")


_LONG = "hex(zeroblob(60000))"
_MANY_SLOW = ", ".join(f"instr({_LONG}, {_LONG} || {i})" for i in range(60))
_MARKS = "replace(hex(zeroblob(5000)), '0', 'x') || '0'"
_LONG_TRIM = f"trim(hex(zeroblob(100000)), {_MARKS})"


@pytest.mark.parametrize(
    ("columns", "status", "said"),
    [
        (_MANY_SLOW, 400, "not authorized to use function"),
        ("printf('%.*c', 2000000000, 'x'), " * 5 + "1", 200, "row"),
        (f"{_LONG_TRIM}, " * 5 + "1", 200, "row"),
        ("trim('xxaxbx', 'x') || printf('%03d', 7) || ltrim(' c')", 200, "axb007c"),
    ],
)
def test_functions_of_one_row_take_no_minute(
    browsed, columns: str, status: int, said: str
) -> None:
    began = time.monotonic()
    check_bounds(browsed, f"select {columns}", status, said)
    assert time.monotonic() - began < 5


@pytest.mark.slow
def test_many_large_answers_at_once_take_the_memory_of_a_few(browsed) -> None:
    columns = ", ".join(["hex(randomblob(12000))"] * 24)
    sql = urlencode({"sql": f"{_ROWS.format(90)} select {columns} from c"})
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(browsed.ask, [f"/tinsach.csv?{sql}"] * 20))
    assert {status for status, _ in answers} == {200}
    assert browsed.peak_mib < 600


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_query_does_not_keep_the_server_when_it_is_to_end(
    browsed, number: int
) -> None:
    sql = urlencode({"sql": f"{_ROWS.format(10**9)} select count(*) from c"})
    with browsing("--store", f"{browsed.folder}/articles.db") as (child, address):
        other = replace(browsed, port=urlsplit(address).port)
        asking = threading.Thread(target=other.ask, args=[f"/tinsach?{sql}"])
        asking.start()
        time.sleep(1)
        child.send_signal(number)
        assert child.wait(5) == 128 + number
        asking.join()
        assert child.stderr.read() == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_only_requests_that_read_are_answered(browsed, method: str) -> None:
    assert browsed.ask(ARTICLES, method) == (405, "this server is read only\n")


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 421),
        ("127.0.0.1.evil.example:8001", 421),
        ("[", 421),
        ("", 421),
        ("localhost:8001", 200),
        ("127.0.0.1", 200),
        ("[::1]:8001", 200),
    ],
)
def test_a_foreign_name_that_resolves_to_this_machine_is_refused(
    browsed, host: str, status: int
) -> None:
    assert browsed.ask(f"{ARTICLES}.json", Host=host)[0] == status


def test_pages_of_other_servers_may_lead_here_and_nothing_else(browsed) -> None:
    asked = {"Sec_Fetch_Site": "cross-site"}
    assert browsed.ask(ARTICLES, **asked, Sec_Fetch_Mode="no-cors")[0] == 403
    assert browsed.ask(ARTICLES, **asked, Sec_Fetch_Mode="navigate")[0] == 200


def test_a_browser_is_told_to_load_nothing_from_elsewhere(browsed) -> None:
    table = browsed.policy_of(ARTICLES)
    assert "default-src 'self' 'unsafe-inline'" in table
    assert "frame-ancestors 'none'" in table
    article = browsed.policy_of(f"/-/article?url={quote(EDITED, safe='')}")
    assert article.startswith("default-src 'none'; style-src 'unsafe-inline';")


def test_the_store_is_read_as_it_is_now_while_a_crawl_writes_it(browsed) -> None:
    late = make_article(9, title="Tin vừa vào kho")
    before = browsed.titles(_search="vua vao kho")
    with open_store(browsed.store) as store:
        store.save([late])
        found = browsed.titles(_search="vua vao kho")
        with store._transaction(writes=True) as connection:
            connection.exec_driver_sql(
                "DELETE FROM articles WHERE canonical_url = ?", (late.canonical_url,)
            )
    assert (before, found) == ([], ["Tin vừa vào kho"])


def test_the_root_leads_to_the_articles(browsed) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", browsed.port, timeout=300)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (302, ARTICLES)
    connection.close()


@pytest.mark.parametrize("is_replaced", [False, True])
def test_a_store_that_was_moved_is_not_shown_as_it_was(
    browsed, tmp_path, is_replaced: bool
) -> None:
    path = tmp_path / "articles.db"
    with open_store(f"sqlite:///{path}") as store:
        store.save([make_article(1)])
    with browsing("--store", path) as (_, address):
        other = replace(browsed, port=urlsplit(address).port)
        assert other.ask(ARTICLES)[0] == 200
        path.rename(tmp_path / "old.db")
        if is_replaced:
            open_store(f"sqlite:///{path}").close()
        status, said = other.ask(ARTICLES)
    assert (status, "moved or replaced" in said) == (503, True)
