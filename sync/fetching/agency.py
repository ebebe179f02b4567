"""How is one sub-account of a HighLevel agency connected, where a person signed in for the whole agency?

The agency's token reads no sub-account: it is exchanged for that of the one that a person chooses. That token is not
renewed by itself. The agency's is, and exchanged again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from books.json_types import Json
from books.messages import Message
from books.outcomes import TryLater
from books.translation import gettext_noop
from companies.models import Company
from sync.fetching.asking import SourceApi
from sync.fetching.kinds import LiveKind, api_with
from sync.fetching.login import SourceGrant, SourceSecret, TriedLogin
from sync.secrets import SecretUnreadable, decrypt, encrypt

_PAGE, _MOST = 100, 2000
_STRANGE = gettext_noop("HighLevel did not say in which sub-accounts the app is installed. Sign in again.")
_NONE = gettext_noop(
    "HighLevel was not connected: the app is installed in no sub-account of the agency. Install it in one, then sign "
    "in again."
)


@dataclass(frozen=True, kw_only=True)
class SubAccountName:
    """A sub-account to choose."""

    id: str
    name: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class AgencyLogin:
    """A sign-in for an agency, until one of its sub-accounts is chosen."""

    #: Encrypted, to be kept with what the sign-in is for.
    sealed: str
    places: tuple[SubAccountName, ...]


def agency_login(kind: LiveKind, company: Company, grant: SourceGrant, agency: str) -> AgencyLogin | Message:
    """The sub-accounts that a sign-in for an agency can be exchanged for.

    Args:
        kind: Of the source.
        company: For which it is.
        grant: The agency's pair of tokens.
        agency: Its id.

    Raises:
        AddressUnsafe: As for every request with a login.
    """
    secret = SourceSecret(access_token=grant.access_token, refresh_token=grant.refresh_token, agency=agency)
    api = api_with(kind, company, TriedLogin(tried=secret))
    try:
        found = _installed(api, agency, kind.app().client_id)
    finally:
        api.close()
    if isinstance(found, Message):
        return found
    return AgencyLogin(sealed=encrypt(json.dumps(asdict(secret))), places=tuple(found)) if found else Message.of(_NONE)


def opened(sealed: str) -> SourceSecret | None:
    """What was sealed; None where it cannot be read any more."""
    try:
        return SourceSecret(**json.loads(decrypt(sealed)))
    except (SecretUnreadable, ValueError, TypeError):
        return None


def _installed(api: SourceApi, agency: str, client_id: str) -> list[SubAccountName] | Message:
    # The app's own id is the first part of its client id
    asked = {"companyId": agency, "appId": client_id.partition("-")[0], "isInstalled": "true", "limit": str(_PAGE)}
    found: list[SubAccountName] = []
    while len(found) < _MOST:
        answer = api.get("/oauth/installedLocations", {**asked, "skip": str(len(found))})
        if isinstance(answer, TryLater):
            return Message(sentence=answer.reason)
        rows = answer.json.get("locations") if isinstance(answer.json, dict) else None
        if not isinstance(rows, list):
            return Message.of(_STRANGE)
        known = {place.id for place in found}
        new = [_named(row) for row in rows if isinstance(row, dict) and str(row.get("_id") or "") not in ("", *known)]
        found += new
        if not new or len(rows) < _PAGE:
            break
    return found


def _named(row: Json) -> SubAccountName:
    identifier = str(row["_id"])
    return SubAccountName(
        id=identifier, name=str(row.get("name") or identifier)[:200], address=str(row.get("address") or "")[:200]
    )
