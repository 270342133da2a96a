"""``python -m bench NAME [options]``: the figures, measured here and now."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

_NOT_BENCHES = {"__init__", "__main__"}


def names() -> list[str]:
    """Return the benchmarks: the modules of this package."""
    found = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(
        n for n in found if n not in _NOT_BENCHES and not n.endswith("_child")
    )


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line; a benchmark may redefine ``--json``."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    benches = parser.add_subparsers(metavar="NAME", required=True)
    for name in names():
        module = import_module(f"bench.{name}")
        about = (module.__doc__ or "").partition("\n")[0]
        own = benches.add_parser(
            name, help=about, description=about, conflict_handler="resolve"
        )
        own.add_argument("--json", action="store_true", help="one flat JSON object")
        module.register(own)
        own.set_defaults(run=module.run)
    return parser


def main(arguments: list[str] | None = None) -> int:
    os.environ["TINSACH_ALLOW_PRIVATE"] = (
        "1"  # every site of a benchmark is on loopback
    )
    options = make_parser().parse_args(arguments)
    return int(options.run(options))


if __name__ == "__main__":
    sys.exit(main())
