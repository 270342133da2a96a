"""A password in an address is neither printed nor kept, wherever it is given."""

from __future__ import annotations

import subprocess
import sys

import pytest

from scraper.urls import masked
from tests.warm import COLD

SECRET = "matkhau17"
_PATH = "/thoi-su/bai-20261101100000000.htm"


@pytest.fixture
def run(new_crawls, tmp_path):
    """Run ``tinsach``; no word of what it says or writes is the secret."""

    def run(*arguments: str, code: int, **variables: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "tinsach", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            cwd=tmp_path,
            env=new_crawls.environment | variables,
        )
        said = done.stdout + done.stderr
        assert done.returncode == code, said
        assert SECRET not in said
        for folder in (tmp_path, new_crawls.folder):
            for path in filter(lambda each: each.is_file(), folder.rglob("*")):
                assert SECRET.encode() not in path.read_bytes(), path
        return said

    return run


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("fetch", "{url}"), 1),
        (("explain", "{url}"), 1),
        (("discover", "{url}"), 1),
        (("new-site", "{url}"), 1),
        (("crawl", "baotintuc", "-a", "portal={base}"), 2),
        (("crawl", "news", "-a", "site={base}"), 2),
        (("crawl", "{base}", "https://bao.example"), 2),
        (("fetch", "{bare}"), 2),
        (("fetch", "http://toi:" + SECRET + "/x@127.0.0.1"), 1),
        (("explain", "{bare}"), 2),
        (("new-site", "{bare}"), 1),
        (("crawl", "{bare}"), 2),
        (("crawl", "news", "-a", "site={bare}"), 2),
        (("export", "--store", "postgresql://u:" + SECRET + "@127.0.0.1:9/tin"), 1),
        (("export", "--store", "nosuch://u:" + SECRET + "@127.0.0.1:9/tin"), 1),
        (("runs", "list", "--store", "postgresql://u:" + SECRET + "@127.0.0.1:9/t"), 1),
    ],
    ids=lambda each: each[0] if isinstance(each, tuple) else "",
)
def test_of_an_argument(run, make_site, arguments, code) -> None:
    site = make_site()
    base = site.base.replace("//", f"//toi:{SECRET}@")
    said = run(
        *(
            each.format(base=base, url=base + _PATH, bare=base.partition("//")[2])
            for each in arguments
        ),
        code=code,
    )
    assert "toi:***@" in said or "u:***@" in said
    assert site.hits == []


def test_of_an_error_that_nobody_expected(new_crawls) -> None:
    program = (
        "import scraper.crawling.spiders as table\n"
        f"def fail(): raise RuntimeError('at http://toi:{SECRET}@bao.example/')\n"
        "table.list_sites = fail\n"
        "from scraper.cli import main; exit(main(['sites']))"
    )
    done = subprocess.run(
        [COLD, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=new_crawls.environment,
    )
    assert done.returncode == 1
    assert "RuntimeError: at http://toi:***@bao.example/" in done.stderr
    assert SECRET not in done.stderr


def test_of_the_settings(run, tmp_path) -> None:
    given = {
        "TINSACH_STORE": f"postgresql://toi:{SECRET}@127.0.0.1:9/tin",
        "TINSACH_ALERTS": f"mailto://toi:{SECRET}@mail.example",
    }
    said = run("config", "show", code=0, **given)
    assert said.count("toi:***@") == 1
    run("config", "show", code=2, TINSACH_ALERTS=f"toi:{SECRET}@bot.example")
    run("doctor", code=1, TINSACH_ALERTS=f"slack://{SECRET}")
    run("doctor", code=1, **given)


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_of_the_proxy_and_the_store_in_the_log(
    run, make_site, write_article, write_feed, level
) -> None:
    site, portal = make_site(), "http://portal.example.org"
    site.put(portal + _PATH, write_article("Bài qua proxy"))
    site.put(portal + "/tin-moi-nhat.rss", write_feed([portal + _PATH]))
    proxy = site.base.replace("//", f"//toi:{SECRET}@")
    crawl = ("crawl", "baotintuc", "-a", f"portal={portal}", "-s", f"LOG_LEVEL={level}")
    quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "--archive")
    run(*crawl, *quick, "-a", "limit=1", code=0, http_proxy=proxy)
    store = f"postgresql://toi:{SECRET}@127.0.0.1:9/tin"
    run(*crawl, code=1, TINSACH_STORE=store)


def test_of_a_link_and_a_redirect(
    run, make_site, answer, write_article, write_feed
) -> None:
    site = make_site()
    secret = site.base.replace("//", f"//toi:{SECRET}@")
    moved = "/thoi-su/doi-20261102100000000.htm"
    site.put(_PATH, write_article("Bài"))
    site.put(moved, answer(status=302, headers={"Location": secret + _PATH}))
    links = [secret + _PATH, site.base + moved]
    site.put("/tin-moi-nhat.rss", write_feed(links))
    quick = ("-s", "DOWNLOAD_DELAY=0", "-s", "AUTOTHROTTLE_ENABLED=0", "--archive")
    run("crawl", "baotintuc", "-a", f"portal={site.base}", *quick, code=0)
    assert site.count(_PATH) == 1
    assert moved in site.hits


def test_of_a_page(tmp_path, new_crawls, write_article) -> None:
    own = f"http://toi:{SECRET}@bao.example"
    head = (
        f'<link rel="canonical" href="{own}{_PATH}"><base href="{own}/">'
        f'<meta property="og:image" content="{own}/a.jpg">'
    )
    links = f'<p>Một đoạn với <a href="x.htm">một</a> và <a href="{own}/y">hai</a>.</p>'
    picture = f'<figure><img src="{own}/b.jpg"><figcaption>Ảnh</figcaption></figure>'
    page = write_article("Bài").replace("</head>", f"{head}</head>")
    inner = "</p>" + links + picture
    (tmp_path / "page.html").write_text(page.replace("</p>", inner, 1))
    extract = ("-m", "tinsach", "extract", "page.html", "--links", "--images")
    done = subprocess.run(
        [sys.executable, *extract],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
        env=new_crawls.environment,
    )
    assert SECRET not in done.stdout
    for address in (_PATH, "/x.htm", "/y", "/b.jpg"):
        assert f'"http://bao.example{address}"' in done.stdout


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (
            "see https://u:p@h/a and http://v:q@h",
            "see https://u:***@h/a and http://v:***@h",
        ),
        ("http://h:80/a@b", "http://h:80/a@b"),
        ("postgresql+psycopg://u:p/a@ss@h/d", "postgresql+psycopg://u:***@h/d"),
        ("https://h/?password=x&a=1", "https://h/?password=***&a=1"),
        ("https://u@h/a", "https://u@h/a"),
        ("no address: a@b", "no address: a@b"),
        (
            "is //u:p@h, u:p@ss@h or http:/u:p@h",
            "is //u:***@h, u:***@h or http:/u:***@h",
        ),
        ("site=u:p@h at 12:30 a@b", "site=u:***@h at 12:30 a@b"),
        ("http://u:p/w@h/", "http://u:***@h/"),
        ("mailto:a@b.example", "mailto:a@b.example"),
        ("https://h/@u:x@y", "https://h/@u:x@y"),
    ],
)
def test_what_is_masked(text: str, shown: str) -> None:
    assert masked(text) == shown
