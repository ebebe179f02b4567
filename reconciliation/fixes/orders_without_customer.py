"""An order that names nobody: which customer is it posted for? Kept with the order, which has none of its own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from simple_history.utils import bulk_update_with_history

from books.outside.texts import key_text
from books.problems import NoCustomer
from companies.access import Right
from companies.stored_texts import LONGEST_REASON
from mapping.forms.base import PickedCustomerField, pick_url
from mapping.models import QuickBooksCustomer, SourceCustomer
from reconciliation.fixes.base import Fix, Offer
from reconciliation.fixes.customers import NameField, name_of_another_list, picked
from reconciliation.resolutions import link_customer, name_customer
from sync.history import event
from sync.models import OrderEvent, StagedOrder
from sync.preparing.prepare import orders_of_cause

#: How the key of a customer begins whom a person gave to orders; no source has ids like it.
GIVEN = "given:"
_OFFERED = 5


class GiveCustomer(Fix):
    """A customer for the order, and for others like it where that is wanted."""

    right = Right.RESOLVE

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        if others := self._others().count():
            label = ngettext(
                "Also the other order without a customer",
                "Also the %(number)d other orders without a customer",
                others,
            )
            self.fields["all_others"] = forms.MultipleChoiceField(
                label=gettext_lazy("Other orders"),
                choices=[("all", label % {"number": others})],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )

    def _others(self) -> QuerySet[StagedOrder]:
        blocked = StagedOrder.objects.filter(company=self.company, documents__problems__code=NoCustomer.code)
        return blocked.exclude(documents__problems__cause=self.issue.cause).distinct()

    def give(self, customers: dict[str, SourceCustomer], *, by: User) -> str:
        """Give each order its customer; what was done with the other orders, as a sentence.

        Args:
            customers: By the system of the order's source.
            by: The person.
        """
        others = list(self._others().select_related("connection")) if self.cleaned_data.get("all_others") else []
        orders = [*orders_of_cause(self.company, self.issue.cause).select_related("connection"), *others]
        for order in orders:
            customer = customers[order.connection.system]
            order.customer_given = order.customer_key = customer.source_key
            order.customer_name = customer.name
        StagedOrder.objects.bulk_update(orders, ["customer_given", "customer_key", "customer_name"], batch_size=500)
        if not others:
            return ""
        what = _("The customer is “%(name)s”.") % {"name": next(iter(customers.values())).name}
        OrderEvent.objects.bulk_create([event(order, "fixed", by=by, what=what) for order in others], batch_size=500)
        sentence = ngettext(
            "%(number)d other order is posted for the same customer, with the next sync.",
            "%(number)d other orders are posted for the same customer, with the next sync.",
            len(others),
        )
        return sentence % {"number": len(others)}

    def customers(self, name: str) -> dict[str, SourceCustomer]:
        """The row that keeps the decision, for each source that has orders without a customer; one for each name."""
        systems = {
            *orders_of_cause(self.company, self.issue.cause).values_list("connection__system", flat=True),
            *self._others().values_list("connection__system", flat=True),
        }
        key = key_text(f"{GIVEN}{name.casefold()}")[:300]
        return {
            system: SourceCustomer.objects.get_or_create(
                company=self.company, system=system, source_key=key, defaults={"name": name[:300]}
            )[0]
            for system in sorted(systems)
        }


class ChooseCustomerOfOrder(GiveCustomer):
    """The QuickBooks customer, chosen from the whole list."""

    name = "choose-customer-of-order"
    title = gettext_lazy("Choose the QuickBooks customer")
    help = gettext_lazy("The order is posted for this customer. The source is not changed.")
    picks = "chosen"

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        field = PickedCustomerField(
            company=self.company,
            url=pick_url(self.company, "customers"),
            kept=None,
            label=gettext_lazy("QuickBooks customer"),
        )
        field.required = True
        self.fields = {"chosen": field, **self.fields}

    @property
    def offers(self) -> tuple[Offer, ...]:
        """The customers that other orders without one were given, the most frequent first."""
        given = StagedOrder.objects.filter(company=self.company).exclude(customer_given="")
        keys = given.values("customer_given").annotate(orders=Count("pk")).order_by("-orders", "customer_given")
        names: dict[str, str] = {}
        for key in keys.values_list("customer_given", flat=True)[:_OFFERED]:
            rows = QuickBooksCustomer.objects.filter(
                company=self.company, active=True, source_customers__source_key=key
            )
            names |= dict(rows.values_list("display_name", "email"))
        return tuple(Offer(value=name, detail=email) for name, email in names.items())[:_OFFERED]

    def clean_chosen(self) -> QuickBooksCustomer:
        """The customer; an empty field is an error here."""
        return picked(self.cleaned_data["chosen"])

    def apply(self, *, by: User) -> str:
        chosen = self.cleaned_data["chosen"]
        customers = self.customers(chosen.display_name)
        said = [link_customer(customer, chosen, by=by, why=self.why) for customer in customers.values()]
        assert said, "an issue has an order"
        what = _("Order %(order)s is posted for the QuickBooks customer “%(name)s”.")
        what %= {"order": self.fact("order"), "name": chosen.display_name}
        return " ".join(filter(None, [what, self.give(customers, by=by)]))


class CreateCustomerOfOrder(GiveCustomer):
    """A customer whom QuickBooks does not have yet."""

    name = "create-customer-of-order"
    title = gettext_lazy("Create a new customer")
    help = gettext_lazy("The customer is created in QuickBooks with the order. The source is not changed.")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields = {"new_name": NameField(self, label=gettext_lazy("Name in QuickBooks")), **self.fields}

    def is_another_lists(self, name: str) -> bool:
        """Whether a vendor, an employee or another name has it."""
        return name_of_another_list(self.company, name)

    def apply(self, *, by: User) -> str:
        name = self.cleaned_data["new_name"]
        customers = self.customers(name)
        for customer in customers.values():
            # It is the name of a person or of a company; QuickBooks is told neither
            customer.fields_given = {**customer.fields_given, "company_name": ""}
        # The decision about the name writes nothing but the decision
        bulk_update_with_history(
            list(customers.values()),
            SourceCustomer,
            ["fields_given"],
            default_user=by,
            default_change_reason=self.why[:LONGEST_REASON],
        )
        for customer in customers.values():
            name_customer(customer, name, by=by, why=self.why)
        what = _("Order %(order)s is posted for “%(name)s”, who is created in QuickBooks.")
        what %= {"order": self.fact("order"), "name": name}
        return " ".join(filter(None, [what, self.give(customers, by=by)]))
