"""A replica portal at a free port, and what a page of the documentation runs in."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs.exceptions import PORT, PORTAL
from tests.docs.pages import read
from tests.docs.running import Running
from tests.warm import warm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(scope="session")
def portal() -> Iterator[str]:
    """The base address of the portal that the pages name, at another port."""
    _, *words = shlex.split(PORTAL.replace(PORT, "0"))
    with subprocess.Popen(
        [warm().python, *words, "--until-eof"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        yield server.stdout.readline().split()[-1]
        server.stdin.close()


@pytest.fixture(scope="session")
def story(portal: str) -> str:
    """The address of the portal's newest article."""
    with urllib.request.urlopen(f"{portal}/tin-moi-nhat.rss") as feed:
        return re.search(r"<link>([^<]+\.htm)</link>", feed.read().decode())[1]


@pytest.fixture
def environment(tmp_path: Path, project: Path) -> dict[str, str]:
    """The environment of a person who has just installed tinsach, without pauses."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("TINSACH_", "COVERAGE_"))
        and "proxy" not in name.lower()
    }
    return kept | {
        "PATH": f"{warm().folder}:{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": f"{project}:{os.environ.get('PYTHONPATH', '')}",
        "HOME": str(tmp_path),
        "LC_ALL": "C.UTF-8",
        "SCRAPY_SETTINGS_MODULE": "tests.docs.quick",
    }


@pytest.fixture
def running(tmp_path, environment, portal, story, request) -> Callable[[str], Running]:
    """Return what runs the blocks of a page; with a database if it names one."""

    def make(page: str) -> Running:
        real = {"base": portal, "story": story, "store": ""}
        if "postgresql://" in read(page):
            real["store"] = request.getfixturevalue("postgres").new_database()
        return Running(tmp_path, environment, real)

    return make
