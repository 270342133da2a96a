"""What ``python -m bench copies`` measures: clusters, the curve, the cost, real pages."""
