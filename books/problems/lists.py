"""Which name of a decision does QuickBooks not know, or know otherwise?"""

from __future__ import annotations

from dataclasses import dataclass

from books.problems.base import Problem
from books.translation import Translate, gettext_noop, worded

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
    remedy = gettext_noop(
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

    def explain(self, translate: Translate = str) -> str:
        """What happened, in the reader's language."""
        sentence = _ITEM_RENAMED if self.renamed_to else _ITEM_INACTIVE if self.inactive else self.explanation
        return worded(sentence, self._words(), translate=translate)

    def advise(self, translate: Translate = str) -> str:
        """What to do now, in the reader's language."""
        sentence = _USE_NEW_NAME if self.renamed_to else _MAKE_ITEM_ACTIVE if self.inactive else self.remedy
        return worded(sentence, self._words(), translate=translate)


@dataclass(frozen=True, kw_only=True)
class ItemIsAmbiguous(Problem):
    """A name or number fits two items."""

    code = "item-is-ambiguous"
    title = gettext_noop("Two items fit")
    explanation = gettext_noop("“%(item)s” fits more than one QuickBooks item (%(used_by)s): %(candidates)s.")
    remedy = gettext_noop("Choose the item.")
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
    remedy = gettext_noop(
        "Choose an account that exists, or add it in QuickBooks and press Re-sync, which reads the lists again."
    )
    cause_fields = ("account",)

    account: str
    used_by: str
    suggestions: tuple[str, ...] = ()
    inactive: bool = False
    #: What QuickBooks calls it now; empty where it was not renamed.
    renamed_to: str = ""

    def explain(self, translate: Translate = str) -> str:
        """What happened, in the reader's language."""
        sentence = _ACCOUNT_RENAMED if self.renamed_to else _ACCOUNT_INACTIVE if self.inactive else self.explanation
        return worded(sentence, self._words(), translate=translate)

    def advise(self, translate: Translate = str) -> str:
        """What to do now, in the reader's language."""
        sentence = _USE_NEW_NAME if self.renamed_to else _MAKE_ACCOUNT_ACTIVE if self.inactive else self.remedy
        return worded(sentence, self._words(), translate=translate)


@dataclass(frozen=True, kw_only=True)
class AccountOfWrongType(Problem):
    """The account exists and its type cannot be used in this place."""

    code = "account-of-wrong-type"
    title = gettext_noop("Account of the wrong type")
    explanation = gettext_noop("“%(account)s” is of type %(account_type)s; %(used_by)s needs: %(needed)s.")
    remedy = gettext_noop("Choose an account of a type that is accepted there.")
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
    remedy = gettext_noop("Use the item's account, change the item in QuickBooks, or map to another item.")
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
    remedy = gettext_noop("Give the item an income account in QuickBooks, then press Re-sync.")
    cause_fields = ("item",)

    item: str
