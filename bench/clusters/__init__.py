"""What ``python -m bench near_duplicates`` measures: clusters, the curve, the cost, real pages."""
