"""The name server of the island, and what its names stand for.

``python -m tests.island.names`` says ``ready`` when it listens on 127.0.0.1:53.
"""

from __future__ import annotations

import sys
from collections import Counter
from ipaddress import ip_address
from typing import TYPE_CHECKING

from twisted.internet import defer, reactor
from twisted.names import dns, error, server

if TYPE_CHECKING:
    from collections.abc import Sequence

LIVE_4, LIVE_6 = "93.184.216.34", "2606:4700::1111"
"""Public addresses that a web server listens at."""
SILENT_4 = "93.184.216.35"
"""An address that answers no attempt to connect."""
REFUSING_6 = "2606:4700::2222"
"""An address at which nobody listens."""
MOVED, TWICE, PING_PONG = SECURE = (
    *("moved.example.org", "twice.example.org", "ping-pong.example.org"),
)
"""With TLS as well: redirects there, answers under both schemes, redirects to and fro."""
NAMES: dict[str, Sequence[str]] = {
    "six.example.org": [LIVE_6],
    "dead-six.example.org": [LIVE_4, REFUSING_6],
    "silent-four.example.org": [SILENT_4, LIVE_6],
    "inner.example.org": ["fd00::1"],
    "oracle.example.org": ["192.0.0.192"],
    "site-local.example.org": ["fec0::1"],
    "mixed.example.org": [LIVE_4, "::1"],
    **{name: [LIVE_4] for name in SECURE},
}
REBOUND = "rebound.example.org"
"""Public when it is first asked for, this machine from then on."""


class Island:
    """A resolver of twisted.names with the names above."""

    def __init__(self) -> None:
        self._asked: Counter[str] = Counter()

    def query(self, query: dns.Query, timeout: object = None) -> defer.Deferred:
        name = query.name.name.decode().lower()
        found = self._found(name, query.type)
        if name != REBOUND and name not in NAMES:
            return defer.fail(error.DomainError())
        return defer.succeed(([_header(name, each) for each in found], [], []))

    def _found(self, name: str, kind: int) -> list[str]:
        listed = NAMES.get(name, ())
        if name == REBOUND:
            self._asked[str(kind)] += 1
            listed = [LIVE_4] if self._asked[str(kind)] == 1 else ["127.0.0.1"]
        version = {dns.A: 4, dns.AAAA: 6}.get(kind)
        return [each for each in listed if ip_address(each).version == version]


def _header(name: str, address: str) -> dns.RRHeader:
    record = dns.Record_AAAA if ":" in address else dns.Record_A
    kind = dns.AAAA if ":" in address else dns.A
    return dns.RRHeader(name, type=kind, ttl=0, payload=record(address, ttl=0))


def main() -> None:
    factory = server.DNSServerFactory(clients=[Island()])
    reactor.listenUDP(53, dns.DNSDatagramProtocol(factory), interface="127.0.0.1")
    reactor.listenTCP(53, factory, interface="127.0.0.1")
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    reactor.run()


if __name__ == "__main__":
    main()
