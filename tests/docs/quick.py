"""The crawl's settings for a portal of one's own: without pauses of courtesy."""

from scraper.settings import *  # noqa: F403

AUTOTHROTTLE_ENABLED = False
DOWNLOAD_DELAY = 0
