"""What a simulated month is held against."""
