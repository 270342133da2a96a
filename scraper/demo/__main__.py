"""``python -m scraper.demo``: the replica portal from the command line."""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from scraper.demo.server import run


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scraper.demo",
        description="Serve the replica portal on 127.0.0.1.",
    )
    parser.add_argument("--size", type=int, default=300, help="articles (up to 250000)")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    parser.add_argument("--seed", type=int, default=0, help="another seed, other news")
    parser.add_argument(
        "--now",
        type=datetime.fromisoformat,
        help="time of the newest article, ISO 8601 with an offset (default: this hour)",
    )
    parser.add_argument(
        "--until-eof", action="store_true", help="end when standard input closes"
    )
    try:
        run(**vars(parser.parse_args(arguments)))
    except (OSError, ValueError) as error:
        print(f"the replica portal cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
