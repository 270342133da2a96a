"""Articles in SQL, through SQLAlchemy."""
