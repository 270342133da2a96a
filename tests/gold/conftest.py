"""Gold sets that a test makes itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from worlds.gold.sets import GoldSet

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def gold_set(tmp_path: Path) -> Callable[[int], GoldSet]:
    """Return a function from a number of rows to a set "s" of them, three to a site."""

    def make(count: int) -> GoldSet:
        (tmp_path / "gold.jsonl").write_text(
            "\n".join(
                json.dumps(
                    {
                        "id": str(n),
                        "kind": "listing",
                        "url": f"https://s{n // 3}.example",
                    }
                )
                for n in range(count)
            )
        )
        return GoldSet("s", tmp_path)

    return make
