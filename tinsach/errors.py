"""The errors of :mod:`scraper.errors`: everything that is raised on purpose."""

from scraper.errors import *  # noqa: F403
