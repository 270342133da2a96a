"""Pages and sources made to be slow or large to read, of any size.

:mod:`worlds.hostile.catalogue` has every make; ``python -m bench hostile`` reads each at
5 MB, tests/fuzz/test_hostile.py at a size that a quick test can afford.
"""
