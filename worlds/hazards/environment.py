"""Settings, passwords and folders."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_TABLE = "tests/unit/test_settings_table.py"

_READING = "tests/unit/browsing/test_reading.py"

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "a variable or a line of tinsach.toml has a value that its setting cannot have,"
        " or a name that is nearly right",
        "one line that names value and bounds, exit code 2, before a request is made",
        "configuration: the table of settings",
        (
            Edit(
                "scraper/configuration.py",
                "        if not lenient:\n            _refuse(faults)\n",
                "",
            ),
        ),
        f"{_TABLE}::test_the_environment",
    ),
    Hazard(
        "the name of a variable has two letters in the wrong order, or is in lower case",
        "the same line and exit code",
        "configuration: names in any case, and near ones",
        (
            Edit(
                "scraper/configuration.py",
                "nearest(name.upper().removeprefix(_PREFIX), known, _NEAR)",
                "nearest(name.removeprefix(_PREFIX), known)",
            ),
        ),
        f"{_TABLE}::test_a_variable_that_is_nearly_right",
    ),
    Hazard(
        "HTTP_PROXY or HTTPS_PROXY has another scheme, or an invalid port",
        "one line that shows no password, before any page is asked for",
        "crawling.proxies",
        (
            Edit(
                "scraper/crawling/addresses.py",
                "    if not is_http or not parts.hostname:\n",
                "    if not parts.hostname:\n",
            ),
        ),
        "tests/unit/crawling/test_proxies.py"
        "::test_what_is_no_http_proxy_is_refused_before_any_page",
    ),
    Hazard(
        "TINSACH_NOW is no moment",
        "the same line and exit code",
        "configuration: the clock is asked first",
        (Edit("scraper/configuration.py", "        clock.now()\n", "        pass\n"),),
        f"{_TABLE}::test_a_moment_that_is_none",
    ),
    Hazard(
        "`-s NAME=VALUE` has such a value or name, of this project or of Scrapy",
        "the same line and exit code",
        "crawling.given_settings",
        (
            Edit(
                "scraper/crawling/run.py",
                "given = checked(options.settings, settings)",
                "given = dict(options.settings)",
            ),
        ),
        f"{_TABLE}::test_a_setting_of_scrapy_that_makes_no_sense",
    ),
    Hazard(
        "`-s` gives a text where Scrapy takes a table, or a fraction where it counts",
        "the same line and exit code, not the traceback of a component",
        "crawling.given_settings: types of Scrapy",
        (
            Edit(
                "scraper/crawling/run.py",
                "isinstance(default, Mapping)",
                "isinstance(default, set)",
            ),
            Edit(
                "scraper/crawling/run.py",
                "int(text) if is_whole else float(text)",
                "float(text)",
            ),
        ),
        f"{_TABLE}::test_a_setting_of_scrapy_that_makes_no_sense",
    ),
    Hazard(
        "TINSACH_ARCHIVE is off, no or false",
        "no page is archived, and there is no folder of that name",
        "kinds: words of a switch are no paths",
        (
            Edit(
                "scraper/kinds.py",
                "return word in ON if word in ON | OFF else _parse_path(text)",
                "return text",
            ),
        ),
        f"{_TABLE}::test_off_keeps_no_archive",
    ),
    Hazard(
        "tinsach.toml is broken",
        "help, the version and `tinsach config` run; `config show` lists the faults",
        "cli.app: help runs whatever is set",
        (
            Edit(
                "scraper/cli/app.py",
                "lenient=_tolerates_settings(given)",
                "lenient=False",
            ),
        ),
        f"{_TABLE}::test_a_broken_file_stops_no_help",
    ),
    Hazard(
        "an address that a person gives names a password: of a page, a store, a proxy",
        "neither printed nor logged nor kept",
        "urls.masked()",
        (
            Edit(
                "scraper/urls.py",
                '    if "@" not in text and "://" not in text:\n        return text\n',
                "    return text\n",
            ),
        ),
        "tests/crawl/test_passwords.py",
    ),
    Hazard(
        "a link or a redirect names a user and a password",
        "they are left out before the request",
        "crawling.userinfo",
        (
            Edit(
                "scraper/crawling/middlewares/guards.py",
                "if not has_user(request.url):",
                "if True:",
            ),
        ),
        "tests/crawl/test_passwords.py::test_of_a_link_and_a_redirect",
    ),
    Hazard(
        "a query in `browse` asks for a value of a gigabyte, or for rows of many",
        "refused: 250 kB a value, 64 MiB an answer, 256 MiB of SQLite's own",
        "browsing: limits of memory",
        (
            Edit(
                "scraper/browsing/__init__.py",
                "        connection.setlimit(limit, most)",
                "        pass",
            ),
        ),
        f"{_READING}::test_sql_has_limits_of_memory",
    ),
    Hazard(
        "a query in `browse` does not end, between two rows or within one",
        "it is interrupted after 5 s, or when the function that is running returns",
        "browsing.database: the time of a query",
        (Edit("scraper/browsing/server.py", "            timer.start()\n", ""),),
        f"{_READING}::test_sql_has_limits_of_time",
    ),
    Hazard(
        "a query in `browse` calls hundreds of slow functions in one row",
        "refused beyond 10 of them; none takes more than half a second",
        "browsing: slow functions",
        (
            Edit(
                "scraper/browsing/__init__.py",
                "    connection.set_authorizer(connection.slow)\n",
                "",
            ),
        ),
        f"{_READING}::test_functions_of_one_row_take_no_minute",
    ),
    Hazard(
        "dozens of large answers are asked of `browse` at once",
        "three are made at a time, and the memory of each is free when it is sent",
        "browsing.guard: memory of answers",
        (
            Edit(
                "scraper/browsing/server.py",
                "                gc.collect()",
                "                pass",
            ),
            Edit("scraper/browsing/server.py", "_AT_ONCE = 3", "_AT_ONCE = 99"),
        ),
        f"{_READING}::test_many_large_answers_at_once_take_the_memory_of_a_few",
    ),
    Hazard(
        "`browse` is ended while a query runs",
        "the query is interrupted after 2 s, and nothing is printed",
        "browsing.server: the end",
        (
            Edit(
                "scraper/browsing/server.py",
                "call_later(_PATIENCE - 1,",
                "call_later(99,",
            ),
            Edit("scraper/browsing/server.py", "logging.CRITICAL", "logging.ERROR"),
        ),
        f"{_READING}::test_a_query_does_not_keep_the_server_when_it_is_to_end",
    ),
    Hazard(
        "an export or an assistant's search names a site that is not stored",
        "one line with the nearest sites, exit code 1, and no file is written",
        "cli.arguments: check_site()",
        (
            Edit(
                "scraper/cli/arguments.py",
                "    if site is None or any(",
                "    if True or any(",
            ),
        ),
        "tests/unit/cli/test_export.py::test_a_site_of_which_nothing_is_stored_is_said",
    ),
    Hazard(
        "a page orders an assistant to do something",
        "its text stands apart in the answer, with its origin and a notice",
        "cli.tools: untrusted text",
        (
            Edit(
                "scraper/cli/mcp.py",
                'return {"origin": _bounded(origin), "notice": NOTICE, **content}',
                "return content",
            ),
        ),
        "tests/crawl/test_mcp.py::test_what_a_page_orders_stays_within_the_page",
    ),
    Hazard(
        "the folder of temporary files (TMPDIR) is so deep that no socket may lie in it",
        "the socket of the fork server lies in /tmp",
        "workers.context: the length of a socket's path",
        (
            Edit(
                "scraper/workers/process.py",
                "    return folder if is_short else scratch_folder",
                "    return folder if is_short or True else scratch_folder",
            ),
        ),
        "tests/unit/test_scratch.py"
        "::test_a_folder_too_deep_for_a_socket_is_no_hindrance",
    ),
)
