"""Which name of a decision does QuickBooks not know, or know otherwise?"""

from __future__ import annotations

from dataclasses import dataclass

from books.messages import Message
from books.problems.base import Problem
from books.translation import gettext_noop

_ITEM_RENAMED = gettext_noop("QuickBooks has renamed the item “%(item)s” (%(used_by)s): it is “%(renamed_to)s” now.")
_ITEM_INACTIVE = gettext_noop("The item “%(item)s” (%(used_by)s) is inactive in QuickBooks.")
_ACCOUNT_RENAMED = gettext_noop(
    "QuickBooks has renamed the account “%(account)s” (%(used_by)s): it is “%(renamed_to)s” now."
)
_ACCOUNT_INACTIVE = gettext_noop("The account “%(account)s” (%(used_by)s) is inactive in QuickBooks.")
_MAKE_ITEM_ACTIVE = gettext_noop(
    "Make the item active in QuickBooks and press Re-sync, which reads the lists again; or choose another item."
)
_MAKE_ACCOUNT_ACTIVE = gettext_noop(
    "Make the account active in QuickBooks and press Re-sync, which reads the lists again; or choose another account."
)
_USE_NEW_NAME = gettext_noop("Use the new name; every mapping that says the old one is changed at once.")


@dataclass(frozen=True, kw_only=True)
class ItemNotInQuickBooks(Problem):
    """The name or number that mapping gives is not an active item of the company."""

    code = "item-not-in-quickbooks"
    title = gettext_noop("Item not found in QuickBooks")
    explanation = gettext_noop("QuickBooks has no active item with the name or SKU “%(item)s” (%(used_by)s).")
    cure = gettext_noop(
        "Choose an item that exists, or add it in QuickBooks and press Re-sync, which reads the lists again."
    )
    cause_fields = ("item",)

    item: str
    used_by: str
    used_by_key: str = ""
    #: The closest names that exist, best first.
    suggestions: tuple[str, ...] = ()
    inactive: bool = False
    #: What QuickBooks calls it now; empty where it was not renamed.
    renamed_to: str = ""

    @property
    def words(self) -> Message:
        """What happened and what to do now."""
        if self.renamed_to:
            return self._words(_ITEM_RENAMED, _USE_NEW_NAME)
        return self._words(_ITEM_INACTIVE, _MAKE_ITEM_ACTIVE) if self.inactive else super().words


@dataclass(frozen=True, kw_only=True)
class ItemIsAmbiguous(Problem):
    """A name or number fits two items."""

    code = "item-is-ambiguous"
    title = gettext_noop("Two items fit")
    explanation = gettext_noop("“%(item)s” fits more than one QuickBooks item (%(used_by)s): %(candidates)s.")
    cure = gettext_noop("Choose the item.")
    cause_fields = ("item", "used_by_key")

    item: str
    used_by: str
    used_by_key: str = ""
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class AccountNotInQuickBooks(Problem):
    """The account that mapping gives is not an active account of the company."""

    code = "account-not-in-quickbooks"
    title = gettext_noop("Account not found in QuickBooks")
    explanation = gettext_noop("QuickBooks has no active account “%(account)s” (%(used_by)s).")
    cure = gettext_noop(
        "Choose an account that exists, or add it in QuickBooks and press Re-sync, which reads the lists again."
    )
    cause_fields = ("account",)

    account: str
    used_by: str
    suggestions: tuple[str, ...] = ()
    inactive: bool = False
    #: What QuickBooks calls it now; empty where it was not renamed.
    renamed_to: str = ""

    @property
    def words(self) -> Message:
        """What happened and what to do now."""
        if self.renamed_to:
            return self._words(_ACCOUNT_RENAMED, _USE_NEW_NAME)
        return self._words(_ACCOUNT_INACTIVE, _MAKE_ACCOUNT_ACTIVE) if self.inactive else super().words


@dataclass(frozen=True, kw_only=True)
class AccountOfWrongType(Problem):
    """The account exists and its type cannot be used in this place."""

    code = "account-of-wrong-type"
    title = gettext_noop("Account of the wrong type")
    explanation = gettext_noop("“%(account)s” is of type %(account_type)s; %(used_by)s needs: %(needed)s.")
    cure = gettext_noop("Choose an account of a type that is accepted there.")
    cause_fields = ("account", "used_by")

    account: str
    account_type: str
    used_by: str
    needed: str


@dataclass(frozen=True, kw_only=True)
class ItemAccountDiffers(Problem):
    """The mapped account is not the account that QuickBooks would post the item to."""

    code = "item-account-differs"
    title = gettext_noop("Mapped account differs from the item's account")
    explanation = gettext_noop(
        "The mapped account is “%(mapped)s” (%(used_by)s), but QuickBooks posts the item “%(item)s” to “%(of_item)s”."
    )
    cure = gettext_noop("Use the item's account, change the item in QuickBooks, or map to another item.")
    cause_fields = ("used_by_key", "item", "mapped")

    item: str
    mapped: str
    of_item: str
    used_by: str
    used_by_key: str


@dataclass(frozen=True, kw_only=True)
class ItemWithoutIncomeAccount(Problem):
    """The item has no active income account and mapping names none."""

    code = "item-without-income-account"
    title = gettext_noop("Item without income account")
    explanation = gettext_noop("The QuickBooks item “%(item)s” has no active income account, so it cannot be sold.")
    cure = gettext_noop(
        "Choose another item; or give this one an income account in QuickBooks and press Re-sync, which reads the "
        "lists again."
    )
    cause_fields = ("item", "used_by_key")

    item: str
    #: Empty where an earlier version did not keep it.
    used_by_key: str = ""
