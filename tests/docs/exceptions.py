"""What the runner does not take word by word, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass

PORT = "8765"
HERE = f"http://127.0.0.1:{PORT}"
PORTAL = f"python -m scraper.demo --port {PORT} --now 2026-01-05T08:00+07:00"
"""The replica portal that the pages name; the runner starts it by these very words."""
ALLOW = "export TINSACH_ALLOW_PRIVATE=1"
"""Where a page says this the runner leaves it to the page."""

SKIPPED = {
    PORTAL: "serves until it is ended; the runner itself starts it so",
    ". .venv/bin/activate": "the environment of the test is on the PATH already",
    "make test": "these tests are part of it",
    "make check": "these tests are part of it",
    "make floors": "minutes; tests/bench/test_floors.py runs what it does",
    "python -m bench ": "minutes to hours; tests/crawl/test_bench.py runs short ones",
    "pip install ": "the test's environment comes from requirements/, with hashes",
    "(crontab ": "changes the table of whoever runs this test",
    "sudo ": "changes the machine; tests/unit/test_deploy.py verifies the units",
    "journalctl ": "reads the journal of a machine where the units are installed",
    "docker ": "needs a docker daemon and images from a network",
    "playwright install ": "fetches a browser from a network",
    "$EDITOR ": "a person edits",
    "createdb ": "the runner has an empty database of its own",
    "tinsach doctor baotintuc": "asks the live site",
    "tinsach crawl baotintuc vnexpress": "asks live sites",
    "tinsach crawl --all": "asks every live site that has a spider",
    "tinsach demo  #": "docs/index.md runs it",
    "tinsach crawl news -a site=https://example.com": "docs/adding.md runs one",
    "tinsach discover https://example.com": "docs/adding.md runs one",
    "tinsach new-site https://example.com": "docs/adding.md runs one",
    "tinsach reextract crawl.warc.gz": "docs/corpus.md runs one",
    "tinsach browse --store old.db": "serves until it is ended; docs/looking.md runs one",
    "tinsach browse  #": "serves until it is ended; docs/looking.md runs one",
    "tinsach mcp": "serves until it is ended; docs/assistants.md runs one",
    "tinsach export --follow  #": "follows until it is ended; docs/formats.md runs one",
    "tinsach reextract crawl-data/": "reads an archive of terabytes from a network",
}
"""The beginning of a command that is not run (its words are still parsed), and why."""


@dataclass(frozen=True)
class StandIn:
    """What stands in a page (a pattern), and what the runner puts there instead.

    ``{base}``: the replica portal, ``{story}``: an article of it, ``{store}``: an empty
    database of PostgreSQL.
    """

    pattern: str
    instead: str

    def put(self, text: str, real: dict[str, str]) -> str:
        return re.sub(self.pattern, lambda _: self.instead.format(**real), text)


READY = {
    "docs/commands.md": """
        export TINSACH_ARCHIVE=1
        mkdir pages
        for url in $(curl -s {base}/tin-moi-nhat.rss | grep -o 'http[^<]*htm' | sort -u | head -8)
        do curl -s "$url" >"pages/${{url##*/}}"; done
        curl -s {story} >tin.html""",
    "docs/labeller.md": "curl -s {story} >tin.html",
    "docs/scrapy.md": "unset SCRAPY_SETTINGS_MODULE",  # a project has its own
}
"""What a reader of a page has before its first block: here pages that were saved."""

STAND_INS = (
    StandIn(re.escape(HERE), "{base}"),
    StandIn(r"make demo", "tinsach demo"),  # what it does once .venv is built
    # The live portal and pages of the network: the replica has the same.
    StandIn(
        r"tinsach crawl baotintuc(?! -a portal)",
        "tinsach crawl baotintuc -a portal={base}",
    ),
    StandIn(r"https://baotintuc\.vn/(thoi-su/)?\.\.\.", "{story}"),
    StandIn(r"https://baotintuc\.vn(?=\", limit)", "{base}"),
    StandIn(r"https://example\.(org/story|com/tin\.html)", "{story}"),
    StandIn(r"https://example\.com(?=\s)", "{base}"),
    StandIn(r"(?<=[a-z] )baotintuc\.vn", "127.0.0.1"),
    StandIn(r"7f4c7130dd4e7af5", "$(tinsach model list | head -1 | cut -f2)"),
    StandIn(r"(?<=copy )old\.db", "tinsach-home/articles.db"),
    StandIn(r"postgresql://user:word@host/tinsach", "{store}"),
)
