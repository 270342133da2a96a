"""Redirects into this network, as each spells it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from worlds.faults.fault import Fault, Place
from worlds.faults.steps import moved

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worlds.faults.fault import Addresses
    from worlds.faults.steps import Step

_TARGETS = {
    "loopback": "http://127.0.0.1:{port}/",
    "loopback-decimal": "http://2130706433:{port}/",
    "loopback-hex": "http://0x7f.1:{port}/",
    "loopback-octal": "http://0177.0.0.1:{port}/",
    "loopback-short": "http://127.1:{port}/",
    "loopback-name": "http://localhost:{port}/",
    "loopback-fullwidth": "http://１２７.０.０.１:{port}/",
    "ipv6-loopback": "http://[::1]:{port}/",
    "ipv6-mapped": "http://[::ffff:127.0.0.1]:{port}/",
    "ipv6-nat64": "http://[64:ff9b::7f00:1]:{port}/",
    "unspecified": "http://0.0.0.0:{port}/",
    "private": "http://10.0.0.1:{port}/",
    "link-local": "http://169.254.1.1/",
    "metadata": "http://169.254.169.254/latest/meta-data/",
    "metadata-name": "http://metadata.google.internal/",
}
_GUARD = "crawling.private"
_ADVISORY = "CVE-2025-28197"


def _fault(name: str, target: str) -> Fault:
    def play(at: Addresses) -> Iterable[Step]:
        port = at.base.rpartition(":")[2]
        return moved(target.format(port=port))

    does = f"a redirect to {target.format(port='…')}"
    ends = ("private",)
    return Fault(f"inner-{name}", Place.INNER, does, play, ends, _GUARD, _ADVISORY)


FAULTS = tuple(_fault(name, target) for name, target in _TARGETS.items())
