"""What was decided about how the items of each source are found?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from companies.models import Company
from mapping.matching.item_rules import ItemRules
from mapping.models import SourceItemRules


def item_rules_of(company: Company) -> Mapping[str, ItemRules]:
    """The rules by source; a source of which nothing was decided has the rules as they begin. One query."""
    decided = {row.system: ItemRules(steps=row.steps) for row in SourceItemRules.objects.filter(company=company)}
    return defaultdict(ItemRules, decided)
