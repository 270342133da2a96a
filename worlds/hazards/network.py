"""Names, addresses and robots.txt."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_ADDRESSES = "scraper/crawling/addresses.py"
_BLIND = "tests/crawl/test_blind.py"
_RESOLVER = "scraper/crawling/connections.py"

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "a name has AAAA records only, or one dead address beside a live one",
        "it is reached: IPv4 first, the next address after 0.3 s",
        "crawling.resolver: IPv4 and IPv6",
        (
            Edit(
                _RESOLVER,
                "        return sorted(addresses, key=lambda",
                '        return sorted((a for a in addresses if ":" not in a), key=lambda',
            ),
        ),
        "tests/crawl/test_names.py",
    ),
    Hazard(
        "a name leads into this network, with one of its addresses or from the second"
        " query on",
        "refused: what was judged is what is connected to",
        "crawling.resolver: judges what it hands over",
        (
            Edit(
                _RESOLVER,
                "return [] if any(map(is_private_address, addresses)) else addresses",
                "return addresses",
            ),
        ),
        "tests/unit/crawling/test_private.py",
    ),
    Hazard(
        "an address of a special range: fec0::/10, 192.0.0.192, 5f00::/16, documentation",
        "refused, by every Python from 3.11 on",
        "crawling.addresses: the registries of IANA",
        (
            Edit(
                _ADDRESSES,
                "return not any(address in network for network in _SPECIAL)",
                "return address.is_global",
            ),
            Edit(_ADDRESSES, "address not in _GLOBAL_UNICAST:", "False:"),
        ),
        "tests/unit/crawling/test_private.py",
    ),
    Hazard(
        "a crawl of a name that leads into this network",
        "refused in one line before a request is made, exit code 2",
        "crawling.run: private sites",
        (
            Edit(
                "scraper/crawling/run.py",
                "if not is_private_allowed(settings) and (why := why_private(base)):",
                'if not is_private_allowed(settings) and (why := ""):',
            ),
        ),
        "tests/unit/cli/test_crawl.py",
    ),
    Hazard(
        "robots.txt answers 5xx or 429, or not at all",
        "nothing else of the host is asked for in this run, exit code 4; the next run"
        " asks again",
        "crawling.politeness: unreachable for a run",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "    return status in _BUSY or status >= _SERVER_ERROR",
                "    return False",
            ),
        ),
        "tests/crawl/test_network.py",
    ),
    Hazard(
        "robots.txt is damaged, or redirects to a file or into this network",
        "nothing else of the host is asked for in this run, exit code 4",
        "crawling.politeness: what cannot be read",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "if isinstance(exc, Refused):",
                "if False:",
            ),
        ),
        "tests/crawl/test_network.py"
        "::test_a_robots_txt_that_cannot_be_read_is_no_permission[damaged]",
    ),
    Hazard(
        "robots.txt redirects to another site",
        "it is followed there, and its rules hold",
        "crawling.politeness: RFC 9309, section 2.3.1.2",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                'request.meta["allow_offsite"] = True',
                'request.meta["allow_offsite"] = False',
            ),
        ),
        "tests/crawl/test_network.py"
        "::test_the_rules_of_a_robots_txt_on_another_site_hold",
    ),
    Hazard(
        "a page names a password in its own address, in a link or a picture",
        "the record has the address without it",
        "urls.public_url()",
        (
            Edit(
                "scraper/urls.py",
                "return without_user(url) if has_user(url) else url",
                "return url",
            ),
        ),
        "tests/crawl/test_passwords.py::test_of_a_page",
    ),
    Hazard(
        "a site serves its articles under http and https, or moves from one to the other",
        "one article is stored once",
        "items.id_of(): one id for both schemes",
        (
            Edit(
                "scraper/items.py",
                'if canonical_url.startswith("http:"):',
                "if False:",
            ),
        ),
        "tests/unit/storage/test_schemes.py",
    ),
    Hazard(
        "known pages all lead to one article, or name its address as their own",
        "each article stays as it is stored; its page is visited again",
        "storage.saving: moves of another article",
        (
            Edit(
                "scraper/storage/saving.py",
                "if not all(_may_be(connection, at, article) for at in (here, there)):",
                "if False:",
            ),
        ),
        "tests/unit/storage/test_moves.py",
    ),
    Hazard(
        "new pages all name one address as their own",
        "each is stored under the URL at which it was found",
        "storage.saving: addresses of another article",
        (
            Edit(
                "scraper/storage/saving.py",
                "    return not is_same_article(named.article, article)\n",
                "    return False\n",
            ),
        ),
        "tests/unit/storage/test_moves.py",
    ),
    Hazard(
        "a login form, a notice or one article stands in place of each page",
        "unhealthy, exit 4",
        "monitoring.health: same_text",
        (
            Edit(
                "scraper/monitoring/health.py",
                '    "same_text": Rule(same_text, ExitStatus.UNHEALTHY),\n',
                "",
            ),
        ),
        f"{_BLIND}::test_a_login_form_in_place_of_each_new_article_is_unhealthy",
    ),
    Hazard(
        "a login form stands in place of the new articles only",
        "unhealthy, exit 4, whatever the articles give that are visited again",
        "monitoring.failures: pages asked for the first time",
        (
            Edit(
                "scraper/monitoring/health.py",
                "if not report.requested or report.given:",
                "if not report.requested or report.articles:",
            ),
        ),
        "tests/unit/monitoring/test_failures.py",
    ),
    Hazard(
        "every source answers 200 with the same login form in every run",
        "unhealthy, exit 4: a source that lists nothing does not count as unchanged",
        "crawling.pages: empty sources are read in full",
        (
            Edit(
                "scraper/crawling/pages.py",
                "validators = {} if is_empty else validators_of(response)",
                "validators = validators_of(response)",
            ),
        ),
        f"{_BLIND}::test_a_form_in_place_of_front_page_and_sources_stays_unhealthy",
    ),
    Hazard(
        "a server answers 304 though no request asked whether the page has changed",
        "the visit has failed, and is tried again",
        "crawling.leases: 304 answers a condition",
        (
            Edit(
                "scraper/crawling/leases.py",
                "[HTTPStatus.NOT_MODIFIED] if conditions else []",
                "[HTTPStatus.NOT_MODIFIED]",
            ),
        ),
        f"{_BLIND}::test_an_answer_to_a_question_that_was_not_asked_is_a_failure[304]",
    ),
    Hazard(
        "a source has one ETag for ever, and answers 304 whatever is new",
        "it is read in full once a day",
        "crawling.leases: a day without conditions",
        (
            Edit(
                "scraper/crawling/leases.py",
                "if is_source and last and last.date() != clock.now().date():",
                "if False:",
            ),
        ),
        f"{_BLIND}::test_a_source_that_never_changes_by_its_etag_is_read_once_a_day",
    ),
    Hazard(
        "the feeds that a page names all fail, and the page lists nothing itself",
        "unhealthy, exit 4",
        "crawling.pages: feeds that a page names",
        (
            Edit(
                "scraper/crawling/pages.py",
                "return address.kind is AddressKind.FEED or address.url in self.guessed",
                "return address.url in self.guessed",
            ),
        ),
        f"{_BLIND}::test_a_feed_that_leads_away_beside_such_a_front_page_is_unhealthy",
    ),
    Hazard(
        "pages built by scripts list nothing, beside a feed that does",
        "healthy: they never listed anything",
        "monitoring.failures: sources that were used",
        (
            Edit(
                "scraper/monitoring/health.py",
                "used = [url for url in found if not past.sources or url in past.sources]",
                "used = list(found)",
            ),
        ),
        "tests/unit/monitoring/test_failures.py"
        "::test_sources_that_never_listed_anything_say_nothing_beside_others",
    ),
    Hazard(
        "a server answers 206, with a part of the page",
        "the visit has failed: an article is read whole or not at all",
        "crawling.decoding: a part",
        (
            Edit(
                "scraper/crawling/middlewares/decoding.py",
                "if response.status == HTTPStatus.PARTIAL_CONTENT:",
                "if False:",
            ),
        ),
        "tests/unit/crawling/middlewares/test_decoding.py"
        "::test_a_part_that_nobody_asked_for_is_refused",
    ),
    Hazard(
        "robots.txt asks for a pause of 30 seconds, or of an hour",
        "30 are kept; of more, 60, and a warning says so",
        "crawling.politeness: Crawl-delay up to a minute",
        (
            Edit(
                "scraper/crawling/middlewares/politeness.py",
                "self._slow_down(request, min(float(asked), MAX_CRAWL_DELAY))",
                "self._slow_down(request, 0.0)",
            ),
        ),
        "tests/unit/crawling/middlewares/test_politeness.py",
    ),
)
