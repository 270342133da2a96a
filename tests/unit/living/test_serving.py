from __future__ import annotations

import os
import signal
from datetime import timedelta

import pytest

from tests.unit.demo.kit import Client
from tests.unit.demo.test_serving import is_gone
from tests.unit.living.conftest import START
from worlds.living import TWO_DAYS, Kind, serving_world
from worlds.living.__main__ import main

SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def served():
    with serving_world(5, start=START, days=2, plan=TWO_DAYS) as replica:
        yield replica


@pytest.fixture
def client(served):
    with Client(served.base) as client:
        yield client


def test_a_world_is_first_served_at_its_start():
    with serving_world(5, start=START, days=2) as replica, Client(replica.base) as c:
        path = replica.world.headline(9).path
        assert c.get(path).status == 404
        assert c.get("/").headers["Date"] == "Sun, 01 Mar 2026 17:00:00 GMT"


def test_the_child_serves_the_world_that_the_parent_knows(served, client):
    for n in range(0, len(served.world), 90):
        served.set_time(served.world.times[n])
        url = served.world.truth(n, served.world.times[n]).url
        if not served.world.dates.is_down(served.world.times[n]):
            page = client.get(url.removeprefix(served.base)).body.decode()
            assert served.world.times[n].isoformat() in page


def test_every_request_after_the_time_is_set_is_answered_as_of_then(served, client):
    for event in served.world.events():
        if event.kind is Kind.TAKEDOWN:
            path = event.address.removeprefix(served.base)
            for at, status in (
                (event.time - SECOND, 200),
                (event.time, int(event.detail)),
                (event.time - SECOND, 200),
            ):
                served.set_time(at)
                assert client.get(path).status == status


def test_a_redirect_has_no_body_and_keeps_the_connection(served, client):
    move = next(e for e in served.world.events() if e.kind is Kind.MOVE)
    served.set_time(move.time)
    reply = client.get(move.address.removeprefix(served.base))
    assert (reply.status, reply.body) == (301, b"")
    assert reply.headers["Location"] == move.detail
    assert client.get(move.detail.removeprefix(served.base)).status == 200


def test_a_moment_may_come_in_pieces(served, client):
    served.set_time(START)
    line, child = f"{(START + SECOND).isoformat()}\n", served._child
    for piece in (line[:11], line[11:]):
        assert client.get("/").headers["Date"] == "Sun, 01 Mar 2026 17:00:00 GMT"
        child.stdin.write(piece)
        child.stdin.flush()
    assert child.stdout.readline() == line
    assert client.get("/").headers["Date"] == "Sun, 01 Mar 2026 17:00:01 GMT"


def test_a_moment_without_an_offset_is_refused(served):
    with pytest.raises(ValueError, match="no offset"):
        served.set_time(START.replace(tzinfo=None))


def test_the_child_is_gone_after_the_block():
    with serving_world(start=START, days=1) as replica:
        pid = replica.pid
    assert is_gone(pid)


def test_a_child_that_died_is_said():
    with serving_world(start=START, days=1) as replica:
        os.kill(replica.pid, signal.SIGKILL)
        assert is_gone(replica.pid)
        with pytest.raises(RuntimeError, match="is gone"):
            replica.set_time(START)


def test_arguments_that_make_no_sense_are_said(capsys):
    assert main(["--start", "2026-01-01T00:00"]) == 1
    assert "without an offset" in capsys.readouterr().err
    with (
        pytest.raises(ValueError, match="days is 0"),
        serving_world(start=START, days=0),
    ):
        pass
