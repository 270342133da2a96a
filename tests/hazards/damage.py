"""A file is damaged or cut short."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.hazards.hazard import Hazard

HAZARDS: tuple[Hazard, ...] = ()
