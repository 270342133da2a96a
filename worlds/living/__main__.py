"""``python -m worlds.living``: a world whose moment standard input sets.

Each line is a moment, ISO 8601 with an offset; it is printed again when it is in force.
The server ends with its input.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime

from scraper.demo.server import serve
from worlds.living.plan import Plan
from worlds.living.site import WorldSite
from worlds.living.world import World


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m worlds.living",
        description="Serve a portal that lives for some days, on 127.0.0.1.",
    )
    parser.add_argument("--seed", type=int, default=0, help="another seed, other news")
    parser.add_argument(
        "--start",
        type=datetime.fromisoformat,
        required=True,
        help="the first moment, ISO 8601 with an offset",
    )
    parser.add_argument("--days", type=int, default=30, help="how long it lives")
    parser.add_argument("--plan", type=Plan.from_json, help="what happens, as JSON")
    parser.add_argument("--port", type=int, default=0, help="default: any free port")
    options = vars(parser.parse_args(arguments))
    port = options.pop("port")
    try:
        serve(lambda base: WorldSite(World(base=base, **options)), port, _set_time)
    except (OSError, ValueError) as error:
        print(f"the world cannot start: {error}", file=sys.stderr)  # noqa: T201
        return 1
    return 0


def _set_time(site: WorldSite, line: str) -> None:
    site.set_time(datetime.fromisoformat(line))
    print(line, flush=True)  # noqa: T201  the contract


if __name__ == "__main__":
    sys.exit(main())
