"""What the tests of screens have at hand."""

from __future__ import annotations

from tests.rehearsal import quickbooks, rehearsal, studio

__all__ = ["quickbooks", "rehearsal", "studio"]
