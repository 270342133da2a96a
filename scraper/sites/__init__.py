"""Sites as a whole: find their sources, explore them, check them, write their spiders."""
