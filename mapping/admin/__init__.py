"""The accountant's screens, one module per room; importing them registers them."""

from __future__ import annotations

from mapping.admin import customers, decisions, desktop, lists, products

__all__ = ["customers", "decisions", "desktop", "lists", "products"]
