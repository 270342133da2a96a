"""What ``bench damage`` damages, how, and what a reader sees of it."""
