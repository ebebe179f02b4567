"""How is each ground told for which two records are taken for the same, or apart?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from books.translation import Translate, gettext_noop
from sync.adopting.matching import Ground

WORDS: Mapping[Ground, str] = {
    Ground.SAME_NUMBER: gettext_noop("same number"),
    Ground.NUMBER_BUT_PREFIX: gettext_noop("same number but for its prefix"),
    Ground.SAME_CUSTOMER: gettext_noop("same customer"),
    Ground.SAME_EMAIL: gettext_noop("same email address of the customer"),
    Ground.SAME_NAME: gettext_noop("same name of the customer"),
    Ground.SAME_TOTAL: gettext_noop("same total"),
    Ground.SAME_DAY: gettext_noop("same date"),
    Ground.NEAR_DAY: gettext_noop("dates three days apart or less"),
    Ground.SAME_LINES: gettext_noop("same amounts on its lines"),
    Ground.PAYS_ITS_INVOICE: gettext_noop("applied to the same invoice"),
    Ground.OTHER_NUMBER: gettext_noop("another number"),
    Ground.OTHER_CUSTOMER: gettext_noop("another customer"),
    Ground.OTHER_TOTAL: gettext_noop("another total"),
    Ground.OTHER_DAY: gettext_noop("another date"),
    Ground.OTHER_FORM: gettext_noop("another form in QuickBooks"),
    Ground.UNAPPLIED: gettext_noop("not applied to any invoice"),
}
BY_HAND = gettext_noop("by a person's word alone")


def in_words(grounds: Iterable[Ground], translate: Translate = str) -> str:
    """The grounds as one text, those for it first."""
    told = sorted(grounds, key=lambda ground: not ground.speaks_for_it)
    return ", ".join(translate(WORDS[ground]) for ground in told) or translate(BY_HAND)
