"""What two texts are compared by: words, or pairs of characters."""

from __future__ import annotations

from scraper.extraction.features import count_units


def tokens(text: str, run: list[str]) -> set[str]:
    """Return the words *run* of *text*; pairs of characters in a script without spaces."""
    if count_units(text, run) == len(run):
        return set(run)
    letters = "".join(run)
    return {letters[at : at + 2] for at in range(len(letters) - 1)}
