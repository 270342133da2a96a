"""Training the labeller on gold sets, each page judged by one that never saw its site."""
