"""The process that crawls one site: ``python -m scraper.fleet.crawl_once``.

Its standard input is one line of JSON with ``spider``, ``arguments``, ``store`` and
``settings`` of Scrapy; when the input ends, so does the crawl, at once. Its standard
output is one line with ``status``, ``said`` and the counts of the summary, or ``error``.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any

from scraper.crawling.run import RunOptions, run_crawl
from scraper.errors import ScraperError
from scraper.monitoring.recorder import verdict_of
from scraper.monitoring.report import build_report

_COUNTED = ("new", "revised", "lost")


def main() -> None:
    spec = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    print(json.dumps(_crawl(spec), ensure_ascii=False), flush=True)  # noqa: T201


def _crawl(spec: dict[str, Any]) -> dict[str, Any]:
    options = RunOptions(store=spec["store"], settings=spec["settings"])
    try:
        outcome = run_crawl(spec["spider"], spec["arguments"], options=options)
    except ScraperError as error:
        return {"error": str(error)}
    report = build_report(outcome.stats, spider=spec["spider"], reason=outcome.reason)
    verdict = verdict_of(outcome.stats, report)
    counts = {name: getattr(report, name) for name in _COUNTED}
    return {
        "status": int(verdict.status),
        "said": verdict.said,
        "reason": outcome.reason,
        **counts,
    }


def _end_with_parent() -> None:
    """End this process like a kill once its parent is gone; a crawl survives that."""
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
