"""When a page was published and changed, aware, with the source of each.

Every date that a page states of itself is a candidate: of its JSON-LD, its ``meta``
elements, its URL, attributes and lines around its headline. Each says what it is
(:class:`~scraper.extraction.dates.candidates.Claim`), and one is chosen. A date later
than the day after the page was fetched, or before 1990, is not believed.
"""
