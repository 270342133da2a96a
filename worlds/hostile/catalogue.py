"""Every make."""

from __future__ import annotations

from worlds.hostile import elements, scripts, sources, texts

MAKES = (*elements.MAKES, *texts.MAKES, *scripts.MAKES, *sources.MAKES)
