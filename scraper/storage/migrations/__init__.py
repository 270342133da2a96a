"""The history of the tables, run by :mod:`scraper.storage.migrate`."""
