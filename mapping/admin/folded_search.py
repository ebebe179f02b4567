"""How is a list of 100,000 customers searched? By columns that are kept case-folded, so that no row is folded anew."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest

from books.outside.texts import compared
from companies.admin.base import ScopedAdmin
from companies.admin.searching import searched_words


class FoldedSearch(ScopedAdmin):
    """Rows that have every word in one of the search fields; in `_compared` ones, as names are compared."""

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Any], search_term: str) -> Any:
        for word in searched_words(search_term):
            queryset = queryset.filter(reduce(or_, self._any_field(word)))
        return queryset, False

    def _any_field(self, text: str) -> list[Q]:
        fields = [str(field) for field in self.search_fields]
        return [
            Q(**{f"{field}__contains": spelling})
            for field in fields
            for spelling in ({compared(text)} if field.endswith("_compared") else {text, text.lower(), text.upper()})
        ]
