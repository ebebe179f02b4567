"""What came of reading a list of QuickBooks, as a command says it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from books.translation import gettext_noop
from sync.lists.list_sync import ListCounts

#: The lists that QuickBooks Desktop alone has, and those that have another name on pages.
NAMES = (
    gettext_noop("accounts"),
    gettext_noop("items"),
    gettext_noop("terms"),
    gettext_noop("payment methods"),
    gettext_noop("customers"),
    gettext_noop("classes"),
    gettext_noop("locations"),
    gettext_noop("tax rates"),
    gettext_noop("tax codes"),
    gettext_noop("vendors"),
    gettext_noop("employees"),
    gettext_noop("other names"),
)


def tell_list(name: str, listed: ListCounts) -> str:
    """How many names a list has, and how many of them are new, changed and gone."""
    facts = {"total": listed.total, "new": listed.new, "changed": listed.changed, "gone": listed.gone}
    return _("%(total)s %(list)s: %(new)s new, %(changed)s changed, %(gone)s gone") % {"list": _(name), **facts}
