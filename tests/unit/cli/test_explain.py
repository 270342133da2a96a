from __future__ import annotations

import re

from tests.unit.cli.kit import ADDRESS, BODY, MENU, PAGE, TITLE, run_apart


def test_every_block_is_shown_as_kept_or_dropped_with_its_rule(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    result = tinsach("explain", "tin.html")
    assert (result.code, result.err) == (0, "")
    assert result.out.startswith(f"{ADDRESS}\nkind article, title: {TITLE}\n")
    fates = {}
    sign = ""
    for line in result.out.splitlines():
        if line.startswith(("+ ", "- ")):
            sign = line[0]
        elif sign:
            fates[line[6:]] = sign
    assert {fates[text] for text in BODY} == {"+"}
    assert {fates[text] for text in MENU} == {"-"}


def test_a_block_has_its_probability_and_the_features_that_weighed_most(
    tinsach, home
) -> None:
    (home / "tin.html").write_bytes(PAGE)
    lines = tinsach("explain", "tin.html").out.splitlines()
    told = next(at for at, line in enumerate(lines) if line.endswith(BODY[0]))
    assert 0.5 < float(lines[told].split()[0]) <= 1
    assert len(re.findall(r"[a-z_0-9]+ [+-]\d+\.\d+", lines[told + 1])) == 3


def test_the_counts_are_at_the_end(tinsach, home) -> None:
    (home / "tin.html").write_bytes(PAGE)
    end = tinsach("explain", "tin.html").out.rpartition("\n\n")[2]
    kept, dropped = re.fullmatch(
        r"kept (\d+) blocks, dropped (\d+)", end.splitlines()[0]
    ).groups()
    assert int(kept) >= len(BODY)
    assert int(dropped) >= len(MENU)


def test_standard_input_is_explained_too() -> None:
    result = run_apart("explain", "-", given=PAGE)
    assert result.code == 0
    assert BODY[0] in result.out


def test_the_address_of_a_file_may_be_given(tinsach, home) -> None:
    (home / "tin.html").write_bytes(b"<html><body><p>Xin</p></body></html>")
    result = tinsach("explain", "tin.html", "--url", "https://bao.example/x")
    assert result.out.startswith("https://bao.example/x\n")


def test_a_page_without_an_article_says_what_it_is(tinsach, home) -> None:
    (home / "tin.html").write_bytes(b"<html><body><hr></body></html>")
    assert "not an article" in tinsach("explain", "tin.html").out


def test_an_unreadable_file_is_one_line(tinsach, home) -> None:
    (home / "tin.html").write_bytes(b"\x1f\x8bbroken")
    result = tinsach("explain", "tin.html")
    assert result.code == 1
    assert result.err.startswith("tinsach: tin.html: ")


def test_a_folder_of_several_pages_is_refused(tinsach, home) -> None:
    for name in ("a.html", "b.html"):
        (home / name).write_bytes(PAGE)
    result = tinsach("explain", ".")
    assert result.code == 2
    assert "several pages" in result.err
