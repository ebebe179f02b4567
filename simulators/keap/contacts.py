"""What do people do with contacts and products? They add and change them, merge contacts and delete them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .records import KeapContact, KeapProduct, Postal
from .state import KeapState

_CONTACT_FIELDS = ("given_name", "family_name", "emails", "phones", "company_name", "addresses")
_PRODUCT_FIELDS = ("name", "price", "sku", "description", "active", "shippable", "taxable")


def changed_fields(changes: dict[str, Any], allowed: Sequence[str]) -> dict[str, Any]:
    """Changes of a record by their fields.

    Raises:
        ValueError: A field is not among those that can be changed.
    """
    unknown = changes.keys() - set(allowed)
    if unknown:
        raise ValueError(f"{', '.join(sorted(unknown))} cannot be changed; {', '.join(allowed)} can")
    return changes


class Contacts(KeapState):
    """Contacts and products, and what is done with them."""

    def new_contact(
        self,
        given_name: str = "",
        family_name: str = "",
        email: str = "",
        *,
        phone: str = "",
        company: str = "",
        addresses: Sequence[Postal] = (),
    ) -> str:
        """Add a contact; the answer is its id.

        Raises:
            ValueError: It has neither a name nor an email.
        """
        if not (given_name or family_name or email or company):
            raise ValueError("a contact has a name or an email")
        with self.writing():
            now, identifier = self.now(), self.store.next_id("contact")
            contact = KeapContact(
                id=identifier,
                given_name=given_name,
                family_name=family_name,
                emails=[email] if email else [],
                phones=[phone] if phone else [],
                company_name=company,
                company_id=self.store.next_id("company") if company else "",
                addresses=list(addresses),
                created=now,
                modified=now,
            )
            self.store.put("contacts", contact)
            self.store.tell_event("contact.add", identifier)
        return identifier

    def contact(self, who: str | KeapContact) -> KeapContact:
        """A contact by its id or email.

        Raises:
            ValueError: There is none.
        """
        if isinstance(who, KeapContact):
            return who
        found = self.store.contacts.get(who) or next(
            (contact for contact in self.store.contacts.values() if "@" in who and who in contact.emails), None
        )
        if found is None:
            raise ValueError(f"there is no contact {who}")
        return found

    def edit_contact(self, who: str, **changes: Any) -> None:
        """Change a contact's names, `emails`, `phones`, `company_name` or `addresses`.

        Raises:
            ValueError: There is no such contact or field.
        """
        with self.writing():
            contact = self.contact(who)
            for name, value in changed_fields(changes, _CONTACT_FIELDS).items():
                setattr(contact, name, value)
            contact.modified = self.now()
            self.store.put("contacts", contact)
            self.store.tell_event("contact.edit", contact.id)

    def merge_contacts(self, kept: str, gone: str) -> None:
        """The second contact's orders, payments and subscriptions become the first's, and it is gone.

        Raises:
            ValueError: There is no such contact, or they are the same.
        """
        with self.writing():
            into, out = self.contact(kept), self.contact(gone)
            if into.id == out.id:
                raise ValueError("a contact is merged with another one")
            now = self.now()
            for table in ("orders", "payments", "transactions", "subscriptions"):
                for record in [record for record in self.store.table(table).values() if record.contact_id == out.id]:
                    record.contact_id = into.id
                    if table == "orders" and self.options.merge_touches_orders:
                        record.modified = now
                    self.store.put(table, record)
            into.emails += [email for email in out.emails if email not in into.emails][: 3 - len(into.emails)]
            into.modified = now
            self.store.put("contacts", into)
            self.store.drop("contacts", out.id)
            self.store.tell_event("contact.edit", into.id)
            self.store.tell_event("contact.delete", out.id)

    def delete_contact(self, who: str) -> None:
        """Delete a contact that has no orders.

        Raises:
            ValueError: There is no such contact, or it has orders.
        """
        with self.writing():
            contact = self.contact(who)
            if any(order.contact_id == contact.id for order in self.store.orders.values()):
                raise ValueError(f"{contact.shown_name} has orders: merge the contact into another one")
            self.store.drop("contacts", contact.id)
            self.store.tell_event("contact.delete", contact.id)

    # Products

    def new_product(
        self, name: str, price: Decimal | str | int, *, sku: str = "", plan_cycle: str = "", **facts: Any
    ) -> str:
        """Add a product, with a plan when it is sold by `plan_cycle` (YEAR, MONTH, WEEK or DAY); the answer is its id.

        Raises:
            ValueError: It has no name, or a fact that no product has.
        """
        if not name:
            raise ValueError("a product has a name")
        with self.writing():
            now, identifier = self.now(), self.store.next_id("product")
            product = KeapProduct(
                id=identifier,
                name=name,
                price=Decimal(price),
                sku=sku,
                plan_id=self.store.next_id("plan") if plan_cycle else "",
                plan_cycle=plan_cycle or "MONTH",
                created=now,
                modified=now,
                **changed_fields(facts, _PRODUCT_FIELDS),
            )
            self.store.put("products", product)
            self.store.tell_event("product.add", identifier)
        return identifier

    def product(self, what: str | KeapProduct) -> KeapProduct:
        """A product by its id or SKU.

        Raises:
            ValueError: There is none.
        """
        if isinstance(what, KeapProduct):
            return what
        found = self.store.products.get(what) or next(
            (product for product in self.store.products.values() if what and product.sku == what), None
        )
        if found is None:
            raise ValueError(f"there is no product {what}")
        return found

    def edit_product(self, what: str, **changes: Any) -> None:
        """Change a product's name, price, SKU and the like.

        Raises:
            ValueError: There is no such product or field.
        """
        with self.writing():
            product = self.product(what)
            for name, value in changed_fields(changes, _PRODUCT_FIELDS).items():
                setattr(product, name, Decimal(value) if name == "price" else value)
            product.modified = self.now()
            self.store.put("products", product)
            self.store.tell_event("product.edit", product.id)

    def delete_product(self, what: str) -> None:
        """Delete a product; lines that were sold of it keep its name.

        Raises:
            ValueError: There is no such product.
        """
        with self.writing():
            product = self.product(what)
            self.store.drop("products", product.id)
            self.store.tell_event("product.delete", product.id)
