"""Which way does this account go where Keap's behavior is open? Every switch with its default.

Where a behavior is known, the default is that; where it is not, the default is the side that is harder on a client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Either

from ..common.switches import Switches

DAY_SECONDS = 86_400


@dataclass
class KeapOptions(Switches):
    """The switches. Control calls change them while the account runs."""

    limits: bool = False
    spike_limit: int = 0  # of a second; 0: by the kind of credential
    minute_limit: int = 0  # 0: by the kind of credential
    day_limit: int = 0  # 0: by the kind of credential
    tenant_minute_limit: int = 10_000
    tenant_day_limit: int = 250_000
    retry_after: bool = False
    throttle_body: Either["gateway", "json"] = "gateway"
    latency_ms: int = 0
    access_token_seconds: int = DAY_SECONDS
    refresh_token_rotation: Either["always", "daily"] = "always"
    refresh_reuse_revokes: bool = False
    refresh_grace_seconds: int = 0  # for how long the refresh token before the present one still works
    keys_as_bearer: Either["refuse", "take"] = "refuse"
    paging: Either["position", "key"] = "position"  # whether a change moves what later pages begin with
    default_page_size: int = 50
    old_order_count: Either["page", "all"] = "page"  # what the list of generation 1 counts
    payment_touches_order: bool = False
    merge_touches_orders: bool = False
    order_payment_amounts: Either["major", "minor"] = "major"
    subscription_amounts: Either["major", "minor"] = "major"
    refund_sign: Either["negative", "positive"] = "negative"
    manual_payment_midnight: Either["utc", "account"] = "utc"  # whose midnight a payment that was entered is stamped at
    ids_as_numbers: bool = False
    hook_delay_seconds: int = 30
    hooks_for_keys: Either["take", "refuse"] = "take"  # whether a key may subscribe to hooks
