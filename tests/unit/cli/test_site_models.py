"""Site models on the command line: learned, stored, edited, and read by."""

from __future__ import annotations

import json

import pytest

from scraper.sitemodel import SiteModel
from scraper.storage import open_store
from tests.unit.sitemodel.kit import PROMOTION, SITE, markup

PAGES = 6
PROMOTED = f"<p>{PROMOTION}</p>"


@pytest.fixture
def manifest(home):
    """Saved pages of one site, each with the same promotion in its body."""
    lines = []
    for number in range(1, PAGES + 1):
        (home / f"{number}.html").write_text(markup(number, inside=PROMOTED), "utf-8")
        url = f"https://{SITE}/tin/bai-viet-{10000 + number}.html"
        lines.append(
            json.dumps({"id": str(number), "url": url, "path": f"{number}.html"})
        )
    path = home / "list.jsonl"
    path.write_text("\n".join(lines), "utf-8")
    return path


@pytest.fixture
def learned(tinsach, manifest):
    """The version in the store."""
    assert tinsach("model", "learn", manifest).code == 0
    with open_store() as store:
        return SiteModel.from_json(store.models.load_model(SITE) or "")


def read(tinsach, *arguments):
    result = tinsach("extract", *arguments)
    assert result.code == 0, result.err
    return [json.loads(line) for line in result.out.splitlines()]


def promoted(records):
    return sum(PROMOTION in record["text"] for record in records)


def versions(records):
    return {record["extraction"]["model_version"] for record in records}


def test_extract_learns_from_the_pages_it_is_given(tinsach, manifest) -> None:
    records = read(tinsach, manifest)
    assert [record["id"] for record in records] == list("123456")
    assert promoted(records) == 0
    (version,) = versions(records)
    assert len(version) == 16


def test_without_a_model_each_page_is_read_alone(tinsach, manifest) -> None:
    records = read(tinsach, manifest, "--model", "none")
    assert promoted(records) == PAGES
    assert versions(records) == {""}


def test_pages_without_an_address_are_of_the_site_that_they_name(tinsach, home) -> None:
    for number in range(1, 4):
        canonical = f'<link rel="canonical" href="https://{SITE}/tin/{number}.html">'
        page = markup(number, inside=PROMOTED).replace("</head>", f"{canonical}</head>")
        (home / f"{number}.html").write_text(page, "utf-8")
    assert promoted(read(tinsach, home)) == 0


def test_the_order_of_the_input_does_not_matter(tinsach, home, manifest) -> None:
    backwards = home / "backwards.jsonl"
    lines = manifest.read_text("utf-8").splitlines()
    backwards.write_text("\n".join(reversed(lines)), "utf-8")
    by_id = {record["id"]: record for record in read(tinsach, backwards)}
    assert list(by_id) == list("654321")
    records = read(tinsach, manifest)
    assert [by_id[record["id"]] for record in records] == records


def test_one_page_on_standard_input_is_read_alone(tinsach, monkeypatch) -> None:
    import io
    import sys

    given = io.TextIOWrapper(io.BytesIO(markup(1, inside=PROMOTED).encode()))
    monkeypatch.setattr(sys, "stdin", given)
    assert promoted(read(tinsach, "-")) == 1


def test_learn_keeps_a_model_in_the_store(tinsach, learned) -> None:
    assert learned.pages == PAGES
    listed = tinsach("model", "list").out
    assert learned.version in listed
    assert SiteModel.from_json(tinsach("model", "show", SITE).out) == learned


def test_learn_writes_a_model_to_a_file(tinsach, home, manifest, learned) -> None:
    assert tinsach("model", "learn", manifest, "-o", "model.json").code == 0
    assert SiteModel.from_json((home / "model.json").read_text("utf-8")) == learned


def test_learn_from_one_page_has_nothing_to_learn(tinsach, home, manifest) -> None:
    result = tinsach("model", "learn", "1.html")
    assert result.code == 1
    assert "a site needs at least two articles" in result.err


def test_learn_says_what_it_could_not_read(tinsach, home, manifest) -> None:
    with manifest.open("a", encoding="utf-8") as file:
        file.write('\n{"id": "7", "url": "https://x.example/", "path": "no.html"}')
    result = tinsach("model", "learn", manifest)
    assert result.code == 1
    assert "1 pages could not be read" in result.err
    assert SITE in tinsach("model", "list").out


def test_extract_reads_by_the_stored_model(tinsach, home, learned) -> None:
    records = read(tinsach, home / "list.jsonl", "--model", "stored")
    assert promoted(records) == 0
    assert versions(records) == {learned.version}


def test_without_a_store_stored_means_alone_and_makes_none(
    tinsach, home, manifest
) -> None:
    assert versions(read(tinsach, manifest, "--model", "stored")) == {""}
    assert not (home / "tinsach-home").exists()


def test_an_edited_model_is_a_version_of_its_own_pinned(tinsach, home, learned) -> None:
    record = json.loads(learned.to_json())
    record["repeated"].clear()
    del record["version"]
    (home / "edited.json").write_text(json.dumps(record), "utf-8")
    assert tinsach("model", "import", "edited.json").code == 0
    records = read(tinsach, home / "list.jsonl", "--model", "stored")
    assert promoted(records) == PAGES
    assert versions(records) != {learned.version}


def test_a_file_can_be_the_model(tinsach, home, manifest, learned) -> None:
    (home / "model.json").write_text(learned.to_json(), "utf-8")
    assert promoted(read(tinsach, manifest, "--model", "model.json")) == 0


@pytest.mark.parametrize("choice", ["no-such-file", "1.html"])
def test_what_is_no_model_is_a_wrong_argument(tinsach, manifest, choice) -> None:
    result = tinsach("extract", manifest, "--model", choice)
    assert result.code == 2
    assert f"--model {choice}" in result.err


def test_explain_gives_the_model_s_evidence(tinsach, learned) -> None:
    url = f"https://{SITE}/tin/bai-viet-10001.html"
    shown = tinsach("explain", "1.html", "--url", url).out
    assert f"site model: {learned.version}" in shown
    assert f"- repeated_on_site  seen on {PAGES} of {PAGES} pages" in shown
    alone = tinsach("explain", "1.html", "--url", url, "--model", "none").out
    assert "site model: none" in alone
    assert "repeated_on_site" not in alone


def test_explain_says_where_the_model_is_not_followed(tinsach, home, learned) -> None:
    (home / "long.html").write_text(markup(9, tag="section class='long'"), "utf-8")
    url = f"https://{SITE}/tin/dai.html"
    shown = tinsach("explain", "long.html", "--url", url).out
    assert f"site model: {learned.version}, but unknown template" in shown


def test_explain_cannot_learn_from_one_page(tinsach, manifest) -> None:
    result = tinsach("explain", "1.html", "--model", "auto")
    assert result.code == 2
    assert "--model auto" in result.err
