"""Which way does this company go where Intuit's behavior is open? Every switch with its default.

Where a behavior is known, the default is that; where it is not, the default is the side that is harder on a client.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import Literal as Either
from typing import get_args, get_type_hints


@dataclass
class Options:
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

    def as_json(self) -> dict[str, object]:
        """All switches with their present values."""
        return asdict(self)

    def change(self, name: str, value: object) -> None:
        """Set one switch.

        Raises:
            ValueError: There is no such switch, or it does not take that value.
        """
        hint = get_type_hints(type(self)).get(name)
        if hint is None:
            known = ", ".join(field.name for field in fields(self))
            raise ValueError(f"there is no switch {name!r}; there are {known}")
        allowed = get_args(hint)
        if allowed and value not in allowed:
            raise ValueError(f"{name} takes one of {', '.join(map(repr, allowed))}, not {value!r}")
        if not allowed and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
            raise ValueError(f"{name} takes a value of type {hint.__name__}, not {value!r}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} cannot be negative")
        setattr(self, name, value)
