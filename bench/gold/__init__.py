"""What ``bench quality`` is made of: gold sets, extractors, scores, floors, tables."""
