"""What every test may use; the gold pages beside the project are never part of it."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import scrapy.core.downloader.contextfactory  # noqa: F401  each deeper stack takes longer
from hypothesis import HealthCheck, settings

from tests import warm
from tests.garbage import made_to_last
from worlds.postgres import serving

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
SHARED_DATA = ROOT.parent / "shared" / "data"
os.environ["TINSACH_ALLOW_PRIVATE"] = "1"  # every site of a test is on loopback
os.environ["TINSACH_CONTACT"] = "toi@bao.example"
os.environ["XDG_CONFIG_HOME"] = str(ROOT / ".pytest_cache" / "config")  # not the user's
_MISSING = "the gold pages (../shared/data) are not on this machine"


def pytest_configure(config: pytest.Config) -> None:
    """Draw few examples, the same ones, where slow tests are left out."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell's background job
        signal.signal(signal.SIGINT, signal.default_int_handler)
    forgiving = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
    settings.register_profile("long", forgiving)
    settings.register_profile("short", forgiving, max_examples=25, derandomize=True)
    settings.load_profile("short" if "not slow" in config.option.markexpr else "long")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection() -> Iterator[None]:
    """Leave modules and test items out of garbage collection.

    They are a million objects: to go through them took a fifth of the time of the tests.
    """
    with made_to_last():
        return (yield)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest tests, so that none of them runs alone at the end."""
    items.sort(key=_is_short)


def _is_short(item: pytest.Item) -> bool:
    slow = item.get_closest_marker("slow")
    return slow is None or not slow.kwargs.get("first")


@pytest.fixture(scope="session")
def project() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of the gold sets; the test is skipped where there is none."""
    if not SHARED_DATA.is_dir():
        pytest.skip(_MISSING)
    return SHARED_DATA


@pytest.fixture(scope="module")
def warm_children() -> Iterator[None]:
    """What is started by ``sys.executable`` is warm, by the tests and by the product."""
    with warm.executable():
        yield


@pytest.fixture(scope="session")
def postgres():
    """A PostgreSQL server, started when the first test asks for it."""
    with serving() as server:
        yield server


@pytest.hookimpl(trylast=True)
def pytest_unconfigure(config: pytest.Config) -> None:
    """Say in the last line of a run which tests could not run."""
    warm.close()
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is not None and not SHARED_DATA.is_dir():
        reporter.write_line(f"{_MISSING}: the tests that measure on them were skipped")
