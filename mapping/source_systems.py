"""Of which sources has a company anything? Asked of the index alone: it goes from one source to the next."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model

from companies.models import Company
from mapping.models import (
    Product,
    SourceCustomer,
    SourceCustomerRules,
    SourceDimensions,
    SourceEvent,
    SourceItemRules,
    SourceSettings,
)

_MODELS = (
    Product,
    SourceCustomer,
    SourceDimensions,
    SourceCustomerRules,
    SourceItemRules,
    SourceSettings,
    SourceEvent,
)
#: DISTINCT would read the hundred thousand customers of a source to name it once.
_WALK = """
    {walk}(system) AS (
        SELECT min(system) FROM {table} WHERE company_id = %s
        UNION ALL
        SELECT (SELECT min(system) FROM {table} WHERE company_id = %s AND system > {walk}.system)
          FROM {walk} WHERE {walk}.system IS NOT NULL
    )
"""


def systems_of(company: Company, models: Sequence[type[Model]] = _MODELS) -> list[str]:
    """The sources that were added, have sold anything to anybody here, or of which something is decided; one query.

    Args:
        company: Whose.
        models: The tables that are looked into; each has an index that begins with company and system.
    """
    names = [f"walk{place}" for place in range(len(models))]
    walks = ",".join(
        _WALK.format(walk=name, table=connection.ops.quote_name(model._meta.db_table))
        for name, model in zip(names, models, strict=True)
    )
    found = " UNION ".join(f"SELECT system FROM {name} WHERE system IS NOT NULL" for name in names)
    with connection.cursor() as cursor:
        cursor.execute(f"WITH RECURSIVE {walks} {found} ORDER BY system", [company.pk] * (2 * len(models)))
        return sorted(system for (system,) in cursor.fetchall())
