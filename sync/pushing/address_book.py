"""What must a destination be able to do, so that the addresses of its customers can follow the orders?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from books.customer_addresses import AddressPart
from books.orders import Address
from books.outcomes import Outcome, TryLater, Unknown


@dataclass(frozen=True, kw_only=True)
class CustomerThere:
    """A customer as the destination has them now."""

    quickbooks_id: str
    name: str
    sync_token: str
    active: bool
    #: By part, what the destination has in the fields of the address, as it calls them; nothing for an empty one.
    addresses: Mapping[AddressPart, Mapping[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class AddressChange:
    """What is to be written of one customer, and what it replaces."""

    body: bytes
    #: By part, the fields of the address afterwards.
    after: Mapping[AddressPart, Mapping[str, str]]


@dataclass(frozen=True, kw_only=True)
class AddressWriting:
    """The change of one customer, its bytes and its request id committed, that is about to be sent."""

    body: bytes
    request_id: str
    #: Its name in the batch; empty where it goes alone.
    batch_item: str = ""


@dataclass(frozen=True, kw_only=True)
class AddressAnswer:
    """What became of one change."""

    outcome: Outcome
    #: The customer as the answer shows them; None where it shows none.
    there: CustomerThere | None = None


class AddressBook(Protocol):
    """The addresses of one company's customers. Raises nothing for what the other side does or fails to do."""

    def read(self, ids: Sequence[str]) -> Mapping[str, CustomerThere] | TryLater | Unknown:
        """The customers of these ids, inactive ones too, in one request; those that are not there are left out.

        Args:
            ids: At most `LARGEST_BATCH`.
        """

    def change(self, there: CustomerThere, wanted: Mapping[AddressPart, Address]) -> AddressChange | None:
        """The exact bytes that give a customer these addresses and leave all else; None where they have them."""

    def write(self, writings: Sequence[AddressWriting], *, batch_id: str = "") -> list[AddressAnswer]:
        """Send changes in one request and wait for its answer, in the order given.

        Args:
            writings: One, or several that are of different customers.
            batch_id: They go as a batch under this request id; empty for one alone.
        """
