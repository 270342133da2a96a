"""A month and two days of the replica portal, asked in memory as over HTTP."""

from __future__ import annotations

from datetime import datetime

import pytest

from scraper.demo.server import Request, respond
from tests.unit.demo.kit import Reply
from worlds.living import TWO_DAYS, World
from worlds.living.site import WorldSite

START = datetime.fromisoformat("2026-03-02T00:00:00+07:00")
BASE = "http://127.0.0.1:1"


@pytest.fixture(scope="session")
def month():
    return World(7, start=START, base=BASE)


@pytest.fixture(scope="session")
def two_days():
    return World(7, start=START, days=2, base=BASE, plan=TWO_DAYS)


class Asked:
    """Asks *world* for addresses at moments, as a client would."""

    def __init__(self, world):
        self.world = world
        self.site = WorldSite(world)

    def get(self, address, at, **fields):
        self.site.set_time(at)
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        request = Request("GET", address.removeprefix(BASE), headers, keep=True)
        head, *body = respond(self.site, request)
        first, *lines = head.decode().split("\r\n")
        found = dict(line.split(": ", 1) for line in lines if line)
        return Reply(int(first.split(" ")[1]), found, b"".join(body))

    def text(self, address, at):
        reply = self.get(address, at)
        assert reply.status == 200, (address, at)
        return reply.body.decode()


@pytest.fixture(scope="session")
def asked(month):
    return Asked(month)


@pytest.fixture(scope="session")
def asked_short(two_days):
    return Asked(two_days)
