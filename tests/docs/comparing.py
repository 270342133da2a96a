"""Whether a command said what the page shows: word by word, but for what must vary.

A line that is only ``…`` stands for any lines, ``…`` within a line for any text. Width
of columns and rules counts for nothing; nor do lines of progress, which come with time.
"""

from __future__ import annotations

import re
from difflib import unified_diff
from functools import cache

_PROGRESS = re.compile(r"\w+ \S+: \d+ pages done, \d+ waiting, \d+ articles")
_VARYING = (
    (re.compile(r"(?<=│ seconds │ )[\d.]+"), "N"),
    (re.compile(r"─+"), "─"),
    (re.compile(r"\s+"), " "),
)
_ANY = "…"


def difference(shown: tuple[str, ...], said: str) -> str:
    """Return how *said* is not what is *shown*, "" where it is."""
    wanted, came = _plain(shown), _plain(said.splitlines())
    if _agree(wanted, came):
        return ""
    return "\n".join(unified_diff(wanted, came, "the page", "the command", lineterm=""))


def _plain(lines: tuple[str, ...] | list[str]) -> tuple[str, ...]:
    plain = []
    for line in lines:
        for pattern, instead in reversed(_VARYING):
            line = pattern.sub(instead, line)  # noqa: PLW2901
        if not _PROGRESS.fullmatch(line.strip()):
            plain.append(line.strip())
    while plain and not plain[-1]:
        plain.pop()
    return tuple(plain)


def _agree(wanted: tuple[str, ...], came: tuple[str, ...]) -> bool:
    @cache
    def rest_agrees(i: int, j: int) -> bool:
        if i == len(wanted):
            return j == len(came)
        if wanted[i] == _ANY:
            return rest_agrees(i + 1, j) or (j < len(came) and rest_agrees(i, j + 1))
        return (
            j < len(came)
            and _pattern(wanted[i]).fullmatch(came[j]) is not None
            and rest_agrees(i + 1, j + 1)
        )

    return rest_agrees(0, 0)


@cache
def _pattern(line: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, line.split(_ANY))))
