"""Who may come in? Client, codes, access and refresh tokens, with their ages and their rotation."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, Protocol

DAY = 86_400
#: OAuth's own name for a code or a refresh token that is not good (any more).
INVALID_GRANT = "invalid_grant"


class LoginRules(Protocol):
    """How long tokens live, and what becomes of a refresh token that was used; control calls may change it."""

    access_token_seconds: int
    refresh_token_rotation: Literal["always", "daily"]
    refresh_reuse_revokes: bool
    refresh_grace_seconds: int


class BadGrant(Exception):
    """The token end point answers 400 with this error and description."""

    def __init__(self, error: str, description: str | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.description = description


@dataclass
class Grant:
    """One connection: what a person allowed once."""

    scope: str
    refresh_token: str
    refreshed_at: float
    rotated_at: float
    revoked: bool = False
    access_tokens: dict[str, float] = field(default_factory=dict)  # token to the moment it expires
    former_refresh_tokens: list[str] = field(default_factory=list)
    #: What it is for, where a system tells kinds of connections apart.
    about: str = ""


def _opaque() -> str:
    return secrets.token_urlsafe(30)


@dataclass(frozen=True, kw_only=True)
class LoginWords:
    """How the system describes what is wrong with a grant; OAuth asks for no description."""

    bad_code: str | None = None
    bad_refresh_token: str | None = None
    #: An access token came where a refresh token belongs.
    not_a_refresh_token: str | None = None


@dataclass(frozen=True, kw_only=True)
class LoginShapes:
    """What the system's keys and tokens look like, how long what it gives out stays good, and its words of refusal."""

    new_client_id: Callable[[], str] = _opaque
    new_client_secret: Callable[[], str] = _opaque
    new_code: Callable[[], str] = _opaque
    new_access_token: Callable[[], str] = _opaque
    new_refresh_token: Callable[[], str] = _opaque
    code_seconds: int = 300
    #: Of a refresh token that is not used.
    refresh_seconds: int = 30 * DAY
    words: LoginWords = LoginWords()


_SHAPES = LoginShapes()


class Logins:
    """The app that may connect, and every connection it has."""

    def __init__(
        self, rules: LoginRules, seconds_now: Callable[[], float], *, scope: str, shapes: LoginShapes = _SHAPES
    ) -> None:
        self._rules = rules
        self._now = seconds_now
        self._shapes = shapes
        self.client_id = shapes.new_client_id()
        self.client_secret = shapes.new_client_secret()
        self.codes: dict[str, tuple[str, str, float, str]] = {}  # code to (redirect, scope, moment, about)
        self.used_codes: dict[str, str] = {}  # code to the refresh token it gave
        self.grants: list[Grant] = []
        self.first = self.connect(scope)

    def connect(self, scope: str, about: str = "") -> Grant:
        """A fresh connection with a pair of tokens."""
        now = self._now()
        token = self._shapes.new_refresh_token()
        grant = Grant(scope=scope, refresh_token=token, refreshed_at=now, rotated_at=now, about=about)
        self._give_access(grant)
        self.grants.append(grant)
        return grant

    def _give_access(self, grant: Grant) -> str:
        now = self._now()
        grant.access_tokens = {token: until for token, until in grant.access_tokens.items() if until > now - DAY}
        token = self._shapes.new_access_token()
        grant.access_tokens[token] = now + self._rules.access_token_seconds
        return token

    @staticmethod
    def latest_access(grant: Grant) -> str:
        """The access token given last."""
        return list(grant.access_tokens)[-1]

    def admits(self, token: str) -> bool:
        """Whether an access token is known, alive and not revoked."""
        return self.grant_of(token) is not None

    def grant_of(self, token: str) -> Grant | None:
        """The connection that an access token lets in; None when it is unknown, too old or revoked."""
        now = self._now()
        living = (grant for grant in self.grants if not grant.revoked and grant.access_tokens.get(token, 0) > now)
        return next(living, None)

    def knows(self, word: str) -> bool:
        """Whether a code, an access token or a refresh token, also one that is over, was given out here."""
        return bool(word) and (
            word in self.codes
            or word in self.used_codes
            or any(
                word == grant.refresh_token or word in grant.access_tokens or word in grant.former_refresh_tokens
                for grant in self.grants
            )
        )

    def allow(self, redirect: str, scope: str, about: str = "") -> str:
        """A person pressed Allow: a code that can be exchanged once, for a connection to what `about` names."""
        code = self._shapes.new_code()
        self.codes[code] = (redirect, scope, self._now(), about)
        return code

    def exchange(self, code: str, redirect: str) -> Grant:
        """The connection of a code.

        Raises:
            BadGrant: Unknown, used, too old, or for another redirect address.
        """
        if code in self.used_codes:
            self._revoke(self.used_codes[code])
            raise BadGrant(INVALID_GRANT, self._shapes.words.bad_code)
        known = self.codes.pop(code, None)
        if known is None or known[0] != redirect or self._now() - known[2] > self._shapes.code_seconds:
            raise BadGrant(INVALID_GRANT, self._shapes.words.bad_code)
        grant = self.connect(known[1], known[3])
        self.used_codes[code] = grant.refresh_token
        return grant

    def refresh(self, token: str) -> Grant:
        """The connection of a refresh token, with a new access token and, by the rotation switch, a new refresh token.

        Raises:
            BadGrant: Unknown, superseded, revoked or unused for too long.
        """
        now = self._now()
        grant = next((grant for grant in self.grants if grant.refresh_token == token), None) or self._in_grace(
            token, now
        )
        if grant is None:
            self._punish_reuse(token)
            if any(token in grant.access_tokens for grant in self.grants):
                raise BadGrant(INVALID_GRANT, self._shapes.words.not_a_refresh_token)
            raise BadGrant(INVALID_GRANT, self._shapes.words.bad_refresh_token)
        if grant.revoked or now - grant.refreshed_at > self._shapes.refresh_seconds:
            raise BadGrant(INVALID_GRANT, self._shapes.words.bad_refresh_token)
        grant.refreshed_at = now
        present = grant.refresh_token == token
        if present and (self._rules.refresh_token_rotation == "always" or now - grant.rotated_at > DAY):
            grant.former_refresh_tokens.append(token)
            grant.refresh_token, grant.rotated_at = self._shapes.new_refresh_token(), now
        self._give_access(grant)
        return grant

    def _in_grace(self, token: str, now: float) -> Grant | None:
        """With the switch for it, the connection whose last refresh token this was until a moment ago."""
        grace = self._rules.refresh_grace_seconds
        superseded = (grant for grant in self.grants if grant.former_refresh_tokens[-1:] == [token])
        return next((grant for grant in superseded if now - grant.rotated_at < grace), None)

    def _punish_reuse(self, token: str) -> None:
        """With the switch for it, a superseded refresh token that comes back ends the connection."""
        if self._rules.refresh_reuse_revokes:
            for grant in self.grants:
                if token in grant.former_refresh_tokens:
                    grant.revoked = True

    def revoke(self, token: str) -> bool:
        """End the connection that a refresh or access token belongs to; False when there is none."""
        return self._revoke(token)

    def _revoke(self, token: str) -> bool:
        for grant in self.grants:
            if not grant.revoked and (token == grant.refresh_token or token in grant.access_tokens):
                grant.revoked = True
                return True
        return False

    def freshen(self) -> None:
        """See to it that the first connection works, for books that were left alone for long."""
        if self.first.revoked or self._now() - self.first.refreshed_at > self._shapes.refresh_seconds:
            self.first = self.connect(self.first.scope, self.first.about)
            self.grants.remove(self.first)
            self.grants.insert(0, self.first)
        elif not self.admits(self.latest_access(self.first)):
            self._give_access(self.first)

    def expire_access_tokens(self) -> None:
        """Every access token is too old from now on."""
        now = self._now()
        for grant in self.grants:
            grant.access_tokens = dict.fromkeys(grant.access_tokens, now)

    def tell(self) -> dict[str, Any]:
        """Everything, in the form `restore` reads."""
        return {
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "used_codes": self.used_codes,
            "grants": [asdict(grant) for grant in self.grants],
        }

    def restore(self, told: dict[str, Any]) -> None:
        """Know again what the books' file holds."""
        self.client_id, self.client_secret = told["client_id"], told["client_secret"]
        self.used_codes = dict(told["used_codes"])
        self.grants = [Grant(**_as_floats(grant)) for grant in told["grants"]]
        self.first = self.grants[0]


def _as_floats(grant: dict[str, Any]) -> dict[str, Any]:
    moments = {token: float(until) for token, until in grant["access_tokens"].items()}
    times = {name: float(grant[name]) for name in ("refreshed_at", "rotated_at")}
    return {**grant, **times, "access_tokens": moments}
