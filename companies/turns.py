"""How do two pieces of work on one company's documents keep out of each other's way? They take turns.

Two preparations at once could both create the document of one new customer, or both give one number away; and
preparing locks rows in the order of their numbers, where an outcome locks parents before children. So whatever changes
several documents takes the company first. Work that only adds rows of the company does not wait for that.
"""

from __future__ import annotations

from companies.models import Company


def take_turns(company: Company) -> None:
    """Wait until nobody else changes documents of the company, and keep others waiting until the transaction ends."""
    list(Company.objects.select_for_update(no_key=True).filter(pk=company.pk).values_list("pk"))
