"""The query language: read a text, answer it from the books."""
