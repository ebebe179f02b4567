"""Which way does this agency go where HighLevel's behavior is open? Every switch with its default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Either

from ..common.switches import Switches


@dataclass
class HighLevelOptions(Switches):
    """The switches. Control calls change them while the agency runs."""

    limits: bool = False
    latency_ms: int = 0
    access_token_seconds: int = 86_399
    refresh_token_rotation: Either["always", "daily"] = "always"
    refresh_reuse_revokes: bool = False
    refresh_grace_seconds: int = 0
    tax_rounding: Either["tax", "line"] = "tax"  # one sum for each tax, or each line for itself
    inclusive_subtotal: Either["net", "gross"] = "net"  # whether the subtotal holds the tax that prices include
    refunded_status: Either["kept", "told"] = "kept"  # whether a transaction's status says that it was refunded
    merge_moves_invoices: bool = True  # whether an invoice names the contact that was kept, or stays as it was
    duplicate_contacts: Either["refuse", "allow"] = "refuse"
    untracked_prices: Either["listed", "left_out"] = "listed"  # in the inventory, where SKUs are read
    webhook_signature: Either["ed25519", "rsa", "both"] = "ed25519"
    webhook_deliveries: Either["once", "twice", "none"] = "once"
    webhook_type_of_invoices: Either["told", "left_out"] = "told"  # whether events of invoices say their type
