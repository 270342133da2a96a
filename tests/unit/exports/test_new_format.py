from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import scraper
from tests.warm import COLD

_FORMAT = """
from scraper.exports import Format, write_parts

def render(article):
    return f"{article.title}\\n"

def write(articles, out):
    return write_parts(map(render, articles), out)

FORMAT = Format(name="titles", extensions=(".titles",), write=write, render=render)
"""
_RUN = "import sys; from scraper.cli import main; sys.exit(main())"
_REFERENCE = "from tests.docs.reference import render_reference as r; print(r())"
_PAGE = f"<html><title>Tin</title><h1>Tin</h1><p>{'Mưa lớn ở Huế. ' * 40}</p></html>"


def test_one_new_file_adds_a_format_to_the_commands_and_their_reference(
    tmp_path, project
):
    package = Path(scraper.__file__).parent
    shutil.copytree(package, tmp_path / "scraper", symlinks=True)
    (tmp_path / "scraper" / "exports" / "titles.py").write_text(_FORMAT)
    (tmp_path / "tin.html").write_text(_PAGE)

    def python(*arguments: str) -> str:
        return subprocess.run(
            [COLD, *arguments],
            check=True,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": f"{tmp_path}{os.pathsep}{project}"},
            timeout=300,
        ).stdout

    python("-c", _RUN, "extract", "tin.html", "-o", "out.titles", "--model", "none")
    assert (tmp_path / "out.titles").read_text() == "Tin\n"
    assert python("-c", _RUN, "extract", "-f", "titles", "tin.html") == "Tin\n"
    assert python("-c", _REFERENCE).count(r"\|titles>") == 3
