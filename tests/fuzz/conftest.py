"""How much input the tests of this folder make: little in a quick run, all in a check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest


@pytest.fixture(
    params=[
        pytest.param(False, id="short"),
        pytest.param(True, id="long", marks=pytest.mark.slow),
    ]
)
def at_length(request: SubRequest) -> bool:
    """True in the slow variant of a test, which is to try everything it can."""
    return bool(request.param)
