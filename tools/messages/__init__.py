"""What does the application say, and how is it said in Romanian? `make messages` keeps locale/ true to the code."""

from __future__ import annotations
