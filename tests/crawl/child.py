"""One crawl in a process of its own, for tests: what to run in, what came out.

``python child.py SPEC``; SPEC and the line printed are JSON. Warnings are errors.
DOWNLOAD_TIMEOUT applies to the paths that SPEC lists as ``timed``. The clock is 1,000 days
ahead until the path ``ahead_until`` has answered.
"""

from __future__ import annotations

import json
import sys
import warnings
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from scrapy.http import Response

QUICK = {
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "DOWNLOAD_TIMEOUT": 2,
    "RETRY_TIMES": 1,
    "TINSACH_RETRY_PAUSE": 0.1,
    "TINSACH_WORKERS": 1,
}


def main(spec: dict[str, Any]) -> dict[str, Any]:
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", "'imghdr' is deprecated")  # apprise imports it
    from scraper.crawling.run import RunOptions, run_crawl
    from scraper.errors import ScraperError
    from scraper.monitoring.recorder import verdict_of
    from scraper.monitoring.run_report import build_report
    from worlds.patience import let_time_out

    let_time_out(spec.get("timed", ()))
    spider = spec.get("spider", "baotintuc")
    progress: list[tuple[int, int, int]] = []
    options = RunOptions(
        replay=Path(spec["replay"]) if "replay" in spec else None,
        progress=lambda done, queued, stored: progress.append((done, queued, stored)),
        settings=QUICK | spec.get("settings", {}),
    )
    if "ahead_until" in spec:
        set_back_after(spec["ahead_until"])
    try:
        outcome = run_crawl(spider, spec.get("arguments", {}), options=options)
    except ScraperError as error:
        return {"error": type(error).__name__, "message": str(error)}
    report = build_report(outcome.stats, spider=spider, reason=outcome.reason)
    verdict = verdict_of(outcome.stats, report)
    return {
        "stats": outcome.stats,
        "report": asdict(report),
        "status": verdict.status,
        "verdict": verdict.said,
        "progress": progress,
    }


def set_back_after(path: str) -> None:
    from pydispatch import dispatcher
    from scrapy import signals

    from scraper import clock

    ahead = [timedelta(days=1000)]

    def set_back(response: Response) -> None:
        if urlsplit(response.url).path == path:
            ahead.clear()

    dispatcher.connect(set_back, signal=signals.response_received, weak=False)
    real = clock.now
    clock.now = lambda: real() + sum(ahead, timedelta())


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1])), default=str))  # noqa: T201
