"""Which way does this company go where Intuit's behavior is open? Every switch with its default.

Where a behavior is known, the default is that; where it is not, the default is the side that is harder on a client.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal as Either

from ..common.switches import Switches


@dataclass
class Options(Switches):
    """The switches. Control calls change them while the company runs."""

    limits: bool = False
    time_out_seconds: int = 120  # with limits on: how long a request may take
    latency_ms: int = 0
    batch_item_ms: int = 0
    throttle_body: Either["xml", "json", "empty"] = "xml"
    retry_after: bool = False
    access_token_seconds: int = 3600
    refresh_token_rotation: Either["always", "daily"] = "always"
    refresh_reuse_revokes: bool = False
    refresh_grace_seconds: int = 0  # for how long the refresh token before the present one still works
    request_ids: Either["remember", "forget", "refuse_600"] = "remember"
    request_id_seconds: int = 0  # 0: remembered for as long as the books are
    request_id_replays_errors: bool = False
    payment_over_balance: Either["refuse", "leave_unapplied"] = "refuse"
    document_number_scope: Either["sales_forms", "form"] = "sales_forms"
    item_names: Either["by_path", "everywhere"] = "by_path"
    bundles_over_api: Either["make", "refuse"] = "make"
    characters: Either["any", "latin-1"] = "any"
    invoice_receivable_account: Either["default", "as_given"] = "default"
    without_accept: Either["xml", "json"] = "xml"
    webhook_minute_ms: int = 60_000  # how long a minute lasts between two attempts of a webhook
    unbalanced_journal_code: Either["6000", "2300"] = "6000"
