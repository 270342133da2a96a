"""From the bytes of a page to its article, each dropped block with the rule that dropped it.

A threshold with a figure beside it was measured, as the figure says; one without was set
by hand while reading gold pages. What decides most is learned instead: docs/labeller.md.
"""
