"""What is each line of an order called in the books? Pure: facts that were looked up go in, answers come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from books.answers import (
    AccountRef,
    Answers,
    CustomerAnswer,
    ItemRef,
    LineAnswer,
    ListRef,
    PostingRole,
    Rule,
    Tender,
    undecided,
)
from books.messages import all_worded
from books.names import judge_account_path, judge_item_name
from books.orders import Line, Order, Section
from books.problems import (
    AccountNotInQuickBooks,
    AccountOfWrongType,
    ChoiceNotInQuickBooks,
    ItemAccountDiffers,
    ItemIsAmbiguous,
    ItemNotInQuickBooks,
    ItemWithoutIncomeAccount,
    LineTypeWithoutMapping,
    NameBreaksRule,
    PaymentMethodNotDecided,
    PostingAccountNotSet,
    Problem,
    ProductWithoutMapping,
)
from books.tenders import method_key
from books.translation import gettext_noop
from mapping.known import Known, KnownProduct, TypeDefault, why_unmatched
from mapping.matching.item_rules import ItemRules, ItemStep, like_key, sku_key

RECEIVABLE_TYPES = ("Accounts Receivable",)
PROFIT_AND_LOSS_TYPES = ("Income", "Other Income", "Cost of Goods Sold", "Expense", "Other Expense")
DEPOSIT_TYPES = ("Bank", "Other Current Asset")
#: What the account of a charge, a tax or a discount line may be.
LINE_TYPE_ACCOUNT_TYPES = (*PROFIT_AND_LOSS_TYPES, "Other Current Liability")

#: Which types an account of each posting role may have. Source: docs/accounting/posting-accounts.md
POSTING_TYPES: Mapping[PostingRole, tuple[str, ...]] = {
    PostingRole.INVOICE_DEBIT: RECEIVABLE_TYPES,
    PostingRole.PAYMENT_DEBIT: DEPOSIT_TYPES,
    PostingRole.PAYMENT_CREDIT: RECEIVABLE_TYPES,
    PostingRole.CREDIT_DEBIT: (*PROFIT_AND_LOSS_TYPES, *RECEIVABLE_TYPES),
    PostingRole.CREDIT_CREDIT: RECEIVABLE_TYPES,
    PostingRole.REFUND_DEBIT: (*RECEIVABLE_TYPES, *PROFIT_AND_LOSS_TYPES, "Other Current Asset"),
    PostingRole.REFUND_CREDIT: (*DEPOSIT_TYPES, *RECEIVABLE_TYPES),
}

#: What the account of a payment method may be: where money is, what is owed on a gift card, what a voucher costs.
TENDER_TYPES = (*DEPOSIT_TYPES, "Other Current Liability", "Long Term Liability", *PROFIT_AND_LOSS_TYPES, "Equity")

#: QuickBooks lists these among its items, and refuses them on a line.
NOT_FOR_SALE = ("Category", "Group", "Payment", "Sales Tax", "Sales Tax Group", "Subtotal")
#: In a file for QuickBooks Desktop the line posts by its account alone.
NO_ITEM = ItemRef(quickbooks_id="", name="")

#: The page of a company's choices about the forms of its documents.
DOCUMENT_FORMS = gettext_noop("Transaction types")
EMPTY_DESCRIPTION = gettext_noop("The description is empty, so the item name is used in its place.")


@dataclass(frozen=True, kw_only=True)
class _Item:
    """An item that was found, or why not."""

    item: ItemRef | None = None
    rule: Rule | None = None
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Place:
    """Where a decision was made: in words for people, and as the key that fixes understand."""

    words: str
    key: str


def answer(order: Order, *, known: Known, customer: CustomerAnswer, home: str) -> Answers:
    """Answer everything that one order asks.

    Args:
        order: As staged.
        known: Must hold every product, name and path that the order can ask for.
        customer: Already answered, see `mapping.matching.customers`.
        home: The company's home currency.
    """
    return Answering(known, home=home).answer(order, customer)


class Answering:
    """Answers orders that the same is known about; what several of them ask alike is answered once."""

    def __init__(self, known: Known, *, home: str) -> None:
        """Answer what is the same for all orders.

        Args:
            known: Must hold every product, name and path that the orders can ask for.
            home: The company's home currency.
        """
        posting = {role: _posting_account(role, known) for role in PostingRole}
        self._known, self._home = known, home
        self._posting = {role: account for role, account in posting.items() if isinstance(account, AccountRef)}
        self._problems = {role: problem for role, problem in posting.items() if isinstance(problem, Problem)}
        self._forms = replace(known.forms, quickbooks_class=_source_class(known))
        self._lines: dict[tuple[str, ...], LineAnswer] = {}
        self._tenders: dict[str, Tender] = {}

    def answer(self, order: Order, customer: CustomerAnswer) -> Answers:
        """Answer everything that one order asks.

        Args:
            order: As staged.
            customer: Already answered, see `mapping.matching.customers`.
        """
        return Answers(
            home_currency=self._home,
            customer=customer,
            lines={line.key: self._line(line) for line in order.lines},
            posting=self._posting,
            posting_problems=self._problems,
            forms=self._forms,
            tenders={method_key(method): self._tender(method) for method in methods_of(order)},
        )

    def _line(self, line: Line) -> LineAnswer:
        asked = (line.line_type, line.product_id, line.sku, line.name, line.product_name, line.description)
        found = self._lines.get(asked)
        if found is None:
            found = self._lines[asked] = answer_line(line, known=self._known)
        return found

    def _tender(self, method: str) -> Tender:
        found = self._tenders.get(method)
        if found is None:
            found = self._tenders[method] = answer_method(method, known=self._known)
        return found


def methods_of(order: Order) -> tuple[str, ...]:
    """What was paid with and given back on, each once."""
    named = (*(payment.method for payment in order.payments), *(refund.method for refund in order.refunds))
    return tuple({method_key(name): name.strip() for name in named if name.strip()}.values())


def answer_method(method: str, *, known: Known) -> Tender:
    """What payments of one method do: debit the method's own account, else the Payment Debit Account for money.

    Source:
        docs/accounting/payment-methods.md
    """
    in_quickbooks = known.quickbooks_methods.get(method_key(method))
    decided = known.methods.get(method_key(method))
    if decided is None:
        return replace(undecided(method), in_quickbooks=in_quickbooks)
    place = _Place(words=f"payment method {decided.name}", key=f"payment-method:{decided.pk}")
    problems: list[Problem] = []
    if decided.quickbooks_method and not known.forms.names_accounts:
        in_quickbooks = known.quickbooks_methods.get(method_key(decided.quickbooks_method))
        if in_quickbooks is None:
            name = decided.quickbooks_method
            problems.append(
                ChoiceNotInQuickBooks(what="payment method", name=name, used_by=place.words, used_by_key=place.key)
            )
    account = _account(decided.account_path, TENDER_TYPES, place, known) if decided.account_path else None
    if isinstance(account, Problem):
        problems.append(account)
        account = None
    elif account is None and not decided.is_money:
        problems.append(PaymentMethodNotDecided(method_key=method_key(method), method=decided.name))
    return Tender(is_money=decided.is_money, account=account, in_quickbooks=in_quickbooks, problems=tuple(problems))


def _source_class(known: Known) -> ListRef | None:
    """The class of everything from the source; QuickBooks Desktop's files carry none."""
    return None if known.forms.names_accounts else known.classes_by_name.get(known.source_class)


def answer_line(line: Line, *, known: Known) -> LineAnswer:
    """The item and account of one line, and the rules that chose them.

    Source:
        docs/accounting/line-types.md
    """
    section = line.line_type.section
    class_name, taxable = known.source_class, None
    by_class = _Place(words=DOCUMENT_FORMS, key="")
    if section is Section.PRODUCT:
        product = known.products.get(line.product_key) or _unregistered(line)
        place = _Place(words=f"product {product.name}", key=f"product:{product.pk}")
        found = _product_item(line, product, place, known)
        path, rule, taxable = product.account_path, Rule.PRODUCT_ACCOUNT, product.taxable
        class_name, by_class = (product.class_name, place) if product.class_name else (class_name, by_class)
    else:
        default = known.defaults.get(section, TypeDefault())
        place = _Place(words=f"line type {section.label}", key=f"line-type:{section.value}")
        found = _typed_item(line, section, default, place, known)
        path, rule = default.account_path, Rule.TYPE_ACCOUNT
    types = PROFIT_AND_LOSS_TYPES if section is Section.PRODUCT else LINE_TYPE_ACCOUNT_TYPES
    answered = _with_account(found, path, types, rule, place, known)
    answered = answered if answered.taxable == taxable else replace(answered, taxable=taxable)
    return _with_class(answered, class_name, by_class, known)


def _with_class(found: LineAnswer, name: str, place: _Place, known: Known) -> LineAnswer:
    """Add the class: the product's, else that of everything from the source."""
    if not name or known.forms.names_accounts:  # QuickBooks Desktop's files carry no class
        return found
    chosen = known.classes_by_name.get(name)
    if chosen:
        return replace(found, quickbooks_class=chosen)
    missing = ChoiceNotInQuickBooks(what="class", name=name, used_by=place.words, used_by_key=place.key)
    return replace(found, problems=(*found.problems, missing))


def _unregistered(line: Line) -> KnownProduct:
    return KnownProduct(pk=0, name=line.product_name or line.label, sku=line.sku, item_name="", account_path="")


def _product_item(line: Line, product: KnownProduct, place: _Place, known: Known) -> _Item:
    """Explicit name or number, then by the steps of the source, if its item sync is on; the first that fits decides."""
    if product.item_name:
        return _named_item(product.item_name, place, known, Rule.PRODUCT_NAME)
    sku = (product.sku or line.sku).strip()
    rules = known.item_rules.get(product.system or known.system, ItemRules())
    for step in () if product.held else rules.steps:
        if found := _found_by(step, product.name, sku, known):
            return _only(found, sku if step is ItemStep.SKU else product.name, place, step.rule)
    if product.account_path and known.forms.names_accounts:  # a line of QuickBooks Desktop's files needs no item
        return _Item(item=NO_ITEM, rule=Rule.PRODUCT_ACCOUNT)
    key = f"{known.system}:{line.product_key}"
    reason, there = why_unmatched(name=product.name, sku=sku, rules=rules, known=known)
    missing = ProductWithoutMapping(
        product_key=key, product=product.name, sku=sku or "–", reason=reason.value, there=there
    )
    return _Item(problems=(product.held or missing,))


def _found_by(step: ItemStep, name: str, sku: str, known: Known) -> tuple[ItemRef, ...]:
    if step is ItemStep.SKU:
        return known.items_by_sku.get(sku_key(sku), ()) if sku else ()
    return known.items_by_name.get(name, ()) if step is ItemStep.NAME else known.items_like.get(like_key(name), ())


def _typed_item(line: Line, section: Section, default: TypeDefault, place: _Place, known: Known) -> _Item:
    """The description where it is passed as the name, else the line's own name, else the type's default."""
    notes: tuple[str, ...] = ()
    if default.description_as_name:
        if description := line.description.strip():
            return _named_item(description, place, known, Rule.DESCRIPTION)
        notes = (EMPTY_DESCRIPTION,)
    name, rule = (line.name, Rule.LINE_NAME) if line.name.strip() else (default.item_name, Rule.TYPE_DEFAULT)
    if not name and default.account_path and known.forms.names_accounts:
        return _Item(item=NO_ITEM, rule=Rule.TYPE_ACCOUNT, notes=notes)
    if not name:
        missing = LineTypeWithoutMapping(section_key=section.value, section=section.label)
        return _Item(notes=notes, problems=(missing,))
    found = _named_item(name, place, known, rule)
    return _Item(item=found.item, rule=found.rule, notes=notes, problems=found.problems)


def _named_item(name: str, place: _Place, known: Known, rule: Rule) -> _Item:
    """The one item of that name or number; nothing is ever picked because it is near."""
    by_name = known.items_by_name.get(name, ())
    candidates = {item.quickbooks_id: item for item in (*by_name, *known.items_by_sku.get(name.strip().casefold(), ()))}
    if not candidates:
        return _Item(problems=(_bad_name(name, place, known) or _no_item(name, place, known),))
    number = rule is Rule.PRODUCT_NAME and not by_name
    return _only(tuple(candidates.values()), name, place, Rule.PRODUCT_NUMBER if number else rule)


def _bad_name(name: str, place: _Place, known: Known) -> Problem | None:
    verdict = judge_item_name(name, rule=known.rule)
    if verdict.ok:
        return None
    return NameBreaksRule(
        name=name,
        used_by=place.words,
        used_by_key=place.key,
        verdict=all_worded(verdict.messages),
        corrected=verdict.corrected or "",
    )


def _no_item(name: str, place: _Place, known: Known) -> Problem:
    inactive = name in known.inactive_items or name.strip().casefold() in known.inactive_items
    return ItemNotInQuickBooks(item=name, used_by=place.words, used_by_key=place.key, inactive=inactive)


def _only(items: tuple[ItemRef, ...], name: str, place: _Place, rule: Rule) -> _Item:
    if len(items) == 1:
        return _Item(item=items[0], rule=rule)
    names = tuple(sorted(item.name for item in items))
    ambiguous = ItemIsAmbiguous(item=name, used_by=place.words, used_by_key=place.key, candidates=names)
    return _Item(problems=(ambiguous,))


def _with_account(
    found: _Item, path: str, types: tuple[str, ...], rule: Rule, place: _Place, known: Known
) -> LineAnswer:
    """Add the account: the mapped one where there is one, else the item's own."""
    problems = list(found.problems)
    account, account_rule = (found.item.income_account if found.item else None), Rule.ITEM_ACCOUNT
    if path:
        mapped = _account(path, types, place, known)
        if isinstance(mapped, Problem):
            problems.append(mapped)
        elif found.item and account and account != mapped and not known.forms.names_accounts:
            problems.append(_differs(found.item, mapped, account, place))
        account, account_rule = (mapped if isinstance(mapped, AccountRef) else None), rule
    elif found.item and not account:
        problems.append(ItemWithoutIncomeAccount(item=found.item.name, used_by_key=place.key))
    return LineAnswer(
        item=found.item,
        item_rule=found.rule,
        account=account,
        account_rule=account_rule if account else None,
        notes=found.notes,
        problems=tuple(problems),
    )


def _account(path: str, types: tuple[str, ...], place: _Place, known: Known) -> AccountRef | Problem:
    account = known.accounts_by_path.get(path)
    if account is None:
        verdict = judge_account_path(path, rule=known.rule)
        if verdict.ok:
            return AccountNotInQuickBooks(account=path, used_by=place.words)
        return NameBreaksRule(
            name=path,
            used_by=place.words,
            used_by_key=place.key,
            verdict=all_worded(verdict.messages),
            corrected=verdict.corrected or "",
        )
    if account.account_type not in types:
        return AccountOfWrongType(
            account=path, account_type=account.account_type, used_by=place.words, needed=", ".join(types)
        )
    return account


def _differs(item: ItemRef, mapped: AccountRef, of_item: AccountRef, place: _Place) -> Problem:
    return ItemAccountDiffers(
        item=item.name, mapped=mapped.path, of_item=of_item.path, used_by=place.words, used_by_key=place.key
    )


def _posting_account(role: PostingRole, known: Known) -> AccountRef | Problem:
    path = known.posting_paths.get(role, "")
    if not path:
        return PostingAccountNotSet(setting=role.label)
    return _account(path, POSTING_TYPES[role], _Place(words=role.label, key=f"posting:{role.value}"), known)
