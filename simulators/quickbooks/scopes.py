"""What may an app ask for at its login? The scopes of Intuit."""

from __future__ import annotations

ACCOUNTING = "com.intuit.quickbooks.accounting"
OPENID_SCOPES = ("openid", "profile", "email", "phone", "address")
SCOPES = (ACCOUNTING, "com.intuit.quickbooks.payment", *OPENID_SCOPES)
#: What a login may do that comes with a company.
SCOPE = " ".join((ACCOUNTING, *OPENID_SCOPES))
