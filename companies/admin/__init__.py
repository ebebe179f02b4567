"""The screens of people and their companies; importing them registers them.

A company's own settings name accounts and terms of QuickBooks' lists, so their screen is in `setup.admin`.
"""

from __future__ import annotations

from companies.admin import people

__all__ = ["people"]
