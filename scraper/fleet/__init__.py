"""Crawls of several sites, each in its own process, on one machine or several.

Politeness allows one crawl per host, so a site is the unit of work. The store decides who
crawls it: a run holds its job and its host.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def connected_to_ray(address: str | None) -> Iterator[Any]:
    """Yield the module ``ray``, connected to *address* or to a new cluster.

    None starts a cluster on this machine. Raises ConfigurationError if Ray is not
    installed or no cluster answers.
    """
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")
    try:
        import ray
    except ImportError:
        raise ConfigurationError(
            "--engine ray: Ray is not installed; pip install 'tinsach[ray]'"
        ) from None
    # Without an address, Ray uses any cluster of this machine, even a dead one.
    own = {"address": "local", "include_dashboard": False}
    options = {"address": address} if address else own
    try:
        ray.init(**options, log_to_driver=False, logging_level=logging.ERROR)
    except (ConnectionError, RuntimeError, ValueError) as error:
        raise ConfigurationError(f"--address {address}: {error}") from error
    try:
        with redirect_stdout(sys.stderr):  # Ray reports dead workers on standard output
            yield ray
    finally:
        ray.shutdown()
