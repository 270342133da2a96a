"""``python -m bench NAME [--json]``: the figures, measured here and now."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from inspect import signature
from pathlib import Path

_NOT_BENCHES = {"__init__", "__main__"}


def names() -> list[str]:
    """Return the benchmarks: modules of this package with a ``run`` function."""
    found = (path.stem for path in Path(__file__).parent.glob("*.py"))
    return sorted(
        n for n in found if n not in _NOT_BENCHES and not n.endswith("_child")
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("name", choices=names())
    parser.add_argument("--json", action="store_true", help="one flat JSON object")
    parser.add_argument(
        "--size", type=int, help="pages; the benchmark's own by default"
    )
    parser.add_argument("--rounds", type=int, help="rounds; figures are their medians")
    asked = parser.parse_args()
    given = {"size": asked.size, "rounds": asked.rounds}
    chosen = {name: value for name, value in given.items() if value is not None}
    run = import_module(f"bench.{asked.name}").run
    for name in chosen.keys() - signature(run).parameters:
        parser.error(f"{asked.name} takes no --{name}")
    figures = run(**chosen)
    if asked.json:
        print(json.dumps(figures))
        return
    width = max(map(len, figures))
    for name, value in figures.items():
        print(f"{name:<{width}}  {value:,.3f}")


if __name__ == "__main__":
    main()
