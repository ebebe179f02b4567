"""A small, strict QuickBooks Online company over HTTP: for rehearsals, the demo and tests."""
