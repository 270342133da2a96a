"""The store that is damaged: a crawl of the replica, revisions, and a writer killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

from bench.damages.seeing import settings_of, url_of
from scraper.items import Block, BlockKind
from scraper.storage import open_store

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAM = "import sys; from scraper.cli import main; sys.exit(main())"
_WRITER = "import sys; from bench.damages.making import revise; revise(sys.argv[1])"
_QUICK = (
    *("AUTOTHROTTLE_ENABLED=False", "DOWNLOAD_DELAY=0", "LOG_LEVEL=ERROR"),
    *("CONCURRENT_REQUESTS=16", "CONCURRENT_REQUESTS_PER_DOMAIN=16"),
)
REVISED = 60
_LONGEST = 300.0
_FINISHED = {0, 3}


def make(folder: Path, base: str) -> None:
    """Make a store with an archive in *folder*, as a killed writer leaves it."""
    folder.mkdir()
    if (code := crawl(folder, base)) not in _FINISHED:
        raise RuntimeError(f"the crawl ended with exit code {code}")
    with subprocess.Popen(  # noqa: S603  our own module
        [sys.executable, "-c", _WRITER, url_of(folder)], stdout=subprocess.PIPE
    ) as writer:
        if writer.stdout is None:
            raise RuntimeError("the writer has no output")
        for _ in islice(writer.stdout, REVISED):
            pass
        writer.send_signal(signal.SIGKILL)


def revise(url: str) -> None:
    """Save another revision of REVISED articles, each by itself; then wait."""
    with open_store(url) as store:
        for article in list(store.iter_articles())[:REVISED]:
            more = Block(
                BlockKind.PARAGRAPH, "Tòa soạn bổ sung thông tin sau khi đăng."
            )
            store.save([replace(article, blocks=(*article.blocks, more))])
            print(article.url, flush=True)
        sys.stdin.read()


def crawl(folder: Path, base: str) -> int:
    """Crawl the replica at *base* into *folder*; return the exit code."""
    given = [f"-s{each}" for each in _QUICK]
    return command(
        folder, "crawl", "baotintuc", f"-aportal={base}", "--archive", *given
    )


def command(folder: Path, *arguments: str) -> int:
    """Run a command of tinsach on what is in *folder*; return its exit code."""
    done = subprocess.run(  # noqa: S603  our own command
        [sys.executable, "-c", _PROGRAM, *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=os.environ | settings_of(folder),
        timeout=_LONGEST,
        check=False,
    )
    return done.returncode
