"""The vocabulary of the project, in documentation and code."""

from __future__ import annotations

import pytest

from tests.docs import language


def test_documentation_and_code_keep_to_the_vocabulary():
    hits = [hit for path in language.files() for hit in language.hits_in(path)]
    assert not hits, "\n".join(map(language.describe, hits))


@pytest.mark.parametrize(
    "text",
    [
        "A damaged log is mended.",
        "the user is told\nof it",
        "an archive of before",
        "a listing: a page that lists articles and is none",
        "Return the number, None where it is not known.",
        "what was done by half",
        "Tell whether it is one.",
        "The run goes on with the next site.",
    ],
)
def test_a_word_of_the_table_is_found(text: str):
    assert list(language.search("x", [language.Passage(text)], language.PHRASES))


@pytest.mark.parametrize(
    "text",
    [
        "the folder where the page is kept",
        "None of the articles is stored, and why there is none.",
        "what the page looks like",
        "glibc is told to give memory back",
        "the element that comes before the body",
        "recommended to anyone",
        "It says where it is.",
    ],
)
def test_plain_english_is_left_alone(text: str):
    assert not list(language.search("x", [language.Passage(text)], language.PHRASES))


def test_code_in_a_page_is_not_prose(tmp_path):
    text = "`is told`\n\n```console\n$ tinsach: the user is told\n```\nis told\n"
    passage = language.Passage(language.without_code(text))
    assert [hit.line for hit in language.search("x", [passage], language.PHRASES)] == [
        6
    ]


def test_comments_docstrings_messages_and_names_are_read(tmp_path, monkeypatch):
    monkeypatch.setattr(language, "ROOT", tmp_path)
    page = tmp_path / "module.py"
    page.write_text(
        '"""It is\ntold."""\n\n# What was done by\n# half.\nX = f"{1} is mended"\n\n\n'
        "def hear(): ...\n"
    )
    found = [(hit.line, hit.found) for hit in language.hits_in(page)]
    assert found == [(1, "is told"), (4, "by half"), (6, "mended"), (9, "hear")]
