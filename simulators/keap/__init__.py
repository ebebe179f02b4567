"""A small, strict Keap account over HTTP: for rehearsals, the demo and tests."""
