"""Extensions, named in scraper.settings."""
