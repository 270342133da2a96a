"""Pages made to be slow or large."""

from __future__ import annotations

from worlds.faults.guards import Edit
from worlds.hazards.hazard import Hazard

_BOUNDS = "tests/unit/extraction/test_document.py"
_NAMED = f"{_BOUNDS}::test_what_is_beyond_a_bound_is_not_read_and_named"
_BYTES = "tests/unit/extraction/test_damaged_bytes.py"
_HOSTILE = "tests/fuzz/test_hostile.py::test_what_was_slow_is_read_in_proportion"
_API = "tests/unit/test_api.py"

HAZARDS: tuple[Hazard, ...] = (
    Hazard(
        "an item of a feed with thousands of categories",
        "it is passed over, the other items are read",
        "discovery.feeds: categories",
        (
            Edit(
                "scraper/discovery/feeds.py",
                "    text = _with_few_categories(text[: beyond.start()] if beyond else"
                " text)\n",
                "    text = text[: beyond.start()] if beyond else text\n",
            ),
        ),
        "tests/unit/discovery/test_feeds.py::"
        "test_an_item_of_too_many_categories_is_passed_over",
    ),
    Hazard(
        "a page of a million tags",
        "the first 200,000 are read, and the article among them; the ledger says so",
        "extraction.document: tags",
        (
            Edit(
                "scraper/extraction/document.py",
                'if markup.count(b"<") <= MOST_TAGS:',
                "if True:",
            ),
        ),
        f"{_NAMED}[tags_beyond]",
    ),
    Hazard(
        "hundreds of thousands of list items, lines or paragraphs",
        "the first 15,000 blocks are read; the ledger says so",
        "extraction.blocks: blocks",
        (
            Edit(
                "scraper/extraction/blocks.py",
                "if len(self.blocks) >= MOST_BLOCKS:",
                "if False:",
            ),
        ),
        f"{_NAMED}[blocks_beyond]",
    ),
    Hazard(
        "one paragraph of millions of characters",
        "its first 300,000 are read; the ledger says so",
        "extraction.blocks: characters of a block",
        (
            Edit(
                "scraper/extraction/blocks.py", "return text[:MOST_TEXT]", "return text"
            ),
            Edit("scraper/extraction/blocks.py", "len(text) > MOST_TEXT", "False"),
        ),
        f"{_NAMED}[text_beyond]",
    ),
    Hazard(
        "an element of 25,000 attributes, hidden behind anything that looks like one",
        "500 of each element are read, in time in proportion; the ledger says so",
        "extraction.document: attributes",
        (
            Edit(
                "scraper/extraction/document.py",
                "if _may_have_many_attributes(markup):",
                "if False:",
            ),
        ),
        f"{_BOUNDS}::test_nothing_before_an_element_hides_how_many_attributes_it_has",
    ),
    Hazard(
        "tens of thousands of combining marks on a letter",
        "30 are kept, as in the Stream-Safe Text Format; the ledger says so",
        "text: marks on a letter",
        (
            Edit(
                "scraper/text.py",
                "    if _may_have_many_marks(text):\n        text",
                "    if False:\n        text",
            ),
        ),
        f"{_BOUNDS}::test_a_letter_keeps_as_many_marks_as_unicode_reckons_with",
    ),
    Hazard(
        "100,000 entries of JSON-LD",
        "2,000 values are looked into; the ledger says so",
        "extraction.json_ld: values",
        (
            Edit(
                "scraper/extraction/json_ld.py",
                "while pending and seen < MOST_VALUES:",
                "while pending:",
            ),
        ),
        f"{_NAMED}[json_ld_beyond]",
    ),
    Hazard(
        "a page of thousands of blocks that is explained",
        "what weighed is worked out for 1,000 of them",
        "extraction.labeller: weighed blocks",
        (
            Edit(
                "scraper/extraction/labeller.py",
                "if at < MOST_WEIGHED else ()",
                "if 1 else ()",
            ),
        ),
        f"{_BOUNDS}::test_the_blocks_of_a_page_are_weighed_up_to_a_bound",
    ),
    Hazard(
        "thousands of blocks within an element whose class is a megabyte",
        "that class is looked at once, and the ledger shows 100 characters of a name",
        "extraction.paths: labels of a path",
        (
            Edit(
                "scraper/extraction/paths.py",
                "        if node not in labels:",
                "        if True:",
            ),
            Edit(
                "scraper/extraction/paths.py",
                "classes[0][:_SHOWN_CHARACTERS]",
                "classes[0]",
            ),
        ),
        "tests/unit/extraction/test_blocks.py"
        "::test_what_stands_around_many_blocks_is_labelled_once",
    ),
    Hazard(
        "thousands of menus in one another, with tens of thousands of links",
        "one pass counts the links of each",
        "discovery.pages: menus",
        (
            Edit(
                "scraper/discovery/pages.py",
                "is_terse = 2 * (short - short_before) > links - links_before",
                "is_terse = len([*element.iter()]) < 0",
            ),
        ),
        "tests/unit/discovery/test_listing.py"
        "::test_menus_in_one_another_are_read_in_proportion",
    ),
    Hazard(
        "a page of a hundred thousand links",
        "the first 20,000 are looked at",
        "discovery.pages: links",
        (
            Edit(
                "scraper/discovery/pages.py",
                "islice(anchors, MOST_LINKS)",
                "anchors",
            ),
        ),
        "tests/unit/discovery/test_pages.py"
        "::test_the_first_links_of_a_page_without_end_are_read",
    ),
    Hazard(
        "a page with a title of a megabyte, or thousands of tags, fetched by an assistant",
        "the answer has 2,000 characters of a field and 100 entries of a list, and names"
        " what was cut",
        "cli.tools: fields",
        (
            Edit(
                "scraper/cli/mcp.py",
                "return value[:MOST_OF_A_FIELD]",
                "return value",
            ),
        ),
        "tests/crawl/test_mcp.py::test_no_field_of_a_page_makes_an_answer_without_end",
    ),
    Hazard(
        "a hundred thousand authors in the head of a page",
        "500 elements are read for names",
        "extraction.credits: elements of the head",
        (
            Edit(
                "scraper/extraction/byline.py",
                "islice(texts, MOST_STATED)",
                "texts",
            ),
        ),
        "tests/unit/extraction/test_authors.py"
        "::test_as_many_elements_of_the_head_are_read_as_a_page_may_have",
    ),
    Hazard(
        "a title of thousands of parts",
        "it is the title as it stands: no part is taken for the site's name",
        "extraction.titles: parts",
        (
            Edit(
                "scraper/extraction/titles.py",
                "if not 1 < len(parts) <= _MOST_PARTS:",
                "if len(parts) == 1:",
            ),
        ),
        "tests/unit/extraction/test_titles.py::test_a_title_of_many_parts_is_left_whole",
    ),
    Hazard(
        "a style sheet of comments that do not end",
        "read in proportion: what follows is a comment",
        "extraction.styles: comments",
        (Edit("scraper/extraction/visible.py", r"(?:\*/|\Z)", r"\*/"),),
        f"{_HOSTILE}[sheet-of-comments]",
    ),
    Hazard(
        "a charset that the web does not have: idna, undefined, unicode_escape, zlib",
        "counts as undeclared, in a header, a page, a feed, a sitemap or an archive",
        "extraction.encoding: labels",
        (
            Edit(
                "scraper/extraction/encoding.py",
                "return _NAMES.get(label.strip(_SPACE).lower())",
                "return _NAMES.get(label.strip(_SPACE).lower(), label or None)",
            ),
        ),
        f"{_BYTES}::test_what_is_no_label_of_the_encoding_standard_declares_nothing",
    ),
    Hazard(
        "a charset that browsers refuse to decode: iso-2022-kr, hz-gb-2312",
        "the page is refused with that reason",
        "extraction.encoding: replaced encodings",
        (
            Edit(
                "scraper/extraction/encoding.py",
                'if next(_declared(body, declared), "") == REPLACEMENT:',
                "if False:",
            ),
        ),
        f"{_BYTES}::test_what_browsers_do_not_decode_is_not_read",
    ),
    Hazard(
        "`tinsach.extract(timeout=…)` is called by several threads at once",
        "each has its article: the first starts what the others need",
        "workers.context: one start at a time",
        (
            Edit(
                "scraper/workers/process.py",
                "    with _starting, _safe_path()",
                "    with _safe_path()",
            ),
        ),
        f"{_API}::test_limits_hold_in_threads_and_in_workers_of_a_pool[threads]",
    ),
    Hazard(
        "`tinsach.extract(timeout=…)` is called by a worker of `multiprocessing.Pool`",
        "it reads in a child that ends with that worker",
        "workers.context: daemons may have children",
        (
            Edit(
                "scraper/workers/process.py",
                'was_daemon = config.pop("daemon", None)',
                "was_daemon = None",
            ),
        ),
        f"{_API}::test_limits_hold_in_threads_and_in_workers_of_a_pool[daemons]",
    ),
    Hazard(
        "a page that never ends, read by `tinsach.extract(timeout=…)`",
        "ExtractionTimeout; the process that reads is ended",
        "api: timeout",
        (
            Edit(
                "scraper/api.py",
                "return _read(page, model) if timeout is None else _read_within(timeout, page, model)",
                "return _read(page, model)",
            ),
        ),
        f"{_API}::test_a_page_that_takes_longer_than_its_limit_is_given_up",
    ),
)
