"""What the tests of pushing have at hand."""

from __future__ import annotations

from tests.rehearsal import quickbooks, rehearsal, studio

__all__ = ["quickbooks", "rehearsal", "studio"]
