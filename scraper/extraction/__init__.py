"""A parsed page to blocks, fields and ledger; one stage, one file."""
