"""Articles and listings as HTML: three templates, and the chrome around them."""
