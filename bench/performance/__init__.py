"""The tables of docs/performance.md: goals, and the figures that were last measured.

``python -m bench all --json bench/performance/figures.json`` measures them, ``python -m
bench.performance`` writes them into the page.
"""
