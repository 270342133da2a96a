from __future__ import annotations

import re

from scraper.schema import article_schema
from tests.docs.reference import render_reference


def test_the_page_of_the_commands_is_current(project) -> None:
    assert (project / "docs" / "commands.md").read_text("utf-8") == render_reference()


def test_the_formats_name_every_field_of_an_article_in_order(project) -> None:
    page = (project / "docs" / "formats.md").read_text("utf-8")
    table = page.partition("| field |")[2].partition("\n\n")[0]
    named = [
        name
        for cell in re.findall(r"(?m)^\| (`.*?) \|", table)
        for name in re.findall(r"`(\w+)`", cell)
    ]
    assert named == list(article_schema()["properties"])
