"""One file a step; its revision is the number in its name."""
