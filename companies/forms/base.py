"""What does every form about a company's rows have in common? It never asks for the company, and loses nothing entered.

A form sends along what was stored when its page was made. What another person saved meanwhile is then never written
back unseen: the form is refused, keeps what was entered, and shows what is stored now where nothing was entered.
Source: docs/decisions/0037-a-form-knows-what-it-was-opened-at.md

What a person entered who was signed out while they filled in a form is shown again after they sign in. It travels
through the login page as a signed field, and waits in the new session for the one page that it was entered on. Nothing
is stored for a person who is not signed in, and nothing is saved that they do not save again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar, cast

from django import forms
from django.contrib import messages
from django.core import signing
from django.db.models import Model
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from companies.models import Company

#: The hidden field that carries what was stored when the page was made.
OPENED = "opened"
# A change that lies further back than this in the history of a row is said without its author
_LOOKED_AT = 50


@dataclass(frozen=True, kw_only=True)
class Meanwhile:
    """One value that is not what it was when the form was opened."""

    name: str
    #: What was stored when the form was opened, what is now, and what was entered.
    before: str
    now: str
    entered: str

    @property
    def untouched(self) -> bool:
        """Whether the person left the field as they found it."""
        return self.entered == self.before


class OpenedForm(forms.ModelForm):  # type: ignore[type-arg]
    """A form about one row that refuses to write over what it was not opened at."""

    #: Values that a link proposes, or that were entered before; shown, and saved only by the person.
    proposed: ClassVar[Mapping[str, str]] = {}
    #: What was entered in this form before its sender was signed out; shown as it would be after a refused save.
    kept: ClassVar[Any] = None

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(self.kept if data is None else data, *args, **kwargs)
        # Validating writes what was sent into the instance, so what is stored is read before
        fields = self.instance._meta.concrete_fields
        self._now: dict[str, str] = {field.name: plain(field.value_from_object(self.instance)) for field in fields}
        self._refused = False

    @property
    def opened_field(self) -> SafeString:
        """The hidden field; to be rendered once inside the `<form>`."""
        name = self._opened_name
        given = self.data.get(name) if self.is_bound else self.proposed.get(name)
        seen = None if self._refused else read_opened(given)
        stored = {field: self._now[field] for field in self.fields if field in self._now}
        return opened_input(name, stored if seen is None else seen)

    def stored(self, name: str) -> str:
        """What is stored in a field, as text; read before anything that was sent was written into the row."""
        return self._now.get(name, plain(self.initial.get(name)))

    @property
    def _opened_name(self) -> str:
        return f"{OPENED}:{self.prefix}" if self.prefix else OPENED

    def _post_clean(self) -> None:
        self._refuse_what_is_stale()
        super()._post_clean()  # type: ignore[misc]

    def _refuse_what_is_stale(self) -> None:
        seen = read_opened(self.data.get(self._opened_name))
        meanwhile = [changed for changed in self._changed_meanwhile(seen or {}) if changed.entered != changed.now]
        if not meanwhile:
            return
        self._refused = True
        self.data = shown = cast(QueryDict, self.data).copy()
        for changed in meanwhile:
            if changed.untouched:
                self._show_what_is_stored(changed.name, shown)
        self.add_error(None, stale())
        for changed in meanwhile:
            self.add_error(changed.name, self._both_sides(changed))

    def _changed_meanwhile(self, seen: Mapping[str, str]) -> list[Meanwhile]:
        named = [
            name for name, field in self.fields.items() if name in seen and name in self._now and not field.disabled
        ]
        return [
            Meanwhile(name=name, before=seen[name], now=self._now[name], entered=self._entered(name))
            for name in named
            if seen[name] != self._now[name]
        ]

    def _entered(self, name: str) -> str:
        if name in self.cleaned_data:
            return plain(self.cleaned_data[name])
        return str(self.data.get(self.add_prefix(name), ""))  # it has an error of its own

    def _show_what_is_stored(self, name: str, shown: QueryDict) -> None:
        key, value = self.add_prefix(name), self.get_initial_for_field(self.fields[name], name)
        if isinstance(self.fields[name].widget, forms.CheckboxInput):
            shown.pop(key, None)
            if value:
                shown[key] = "on"
        else:
            shown[key] = "" if value is None else str(value)

    def _both_sides(self, one: Meanwhile) -> str:
        return both_sides(self.instance, one)


def both_sides(row: Model, one: Meanwhile) -> str:
    """Who changed a value meanwhile, from what to what, and what this person entered, as a sentence."""
    facts = {
        "who": who_changed(row, one.name),
        "before": _quoted(row, one.name, one.before),
        "now": _quoted(row, one.name, one.now),
        "entered": _quoted(row, one.name, one.entered),
    }
    if one.untouched:
        return _("%(who)s: %(now)s in place of %(before)s. You had not changed this field.") % facts
    return _("%(who)s: %(now)s in place of %(before)s. You entered %(entered)s.") % facts


def _quoted(row: Model, name: str, value: str) -> str:
    return _("“%(value)s”") % {"value": stored_words(row, name, value)} if value else _("nothing")


def stored_words(row: Any, name: str, value: str) -> str:
    """A stored value as a person reads it."""
    field = row._meta.get_field(name)
    if field.is_relation and value:
        found = field.related_model.objects.filter(pk=value).first() if value.isdigit() else None
        return str(found or value)
    if field.get_internal_type() == "BooleanField":
        return _("Yes") if value == "True" else _("No")
    choices = {plain(key): str(label) for key, label in field.flatchoices}
    return choices.get(value, value) or _("empty")


def label_of(row: Model, name: str) -> str:
    """What a field is called on the screens."""
    return capfirst(str(row._meta.get_field(name).verbose_name))  # type: ignore[union-attr]


def stale() -> str:
    """What is said above a form that was refused."""
    return _(
        "Nothing was saved: this was changed by another person after you opened the page. What you entered is kept "
        "below; a field that you had not changed shows the value that is stored now. Check them, then save again."
    )


def plain(value: Any) -> str:
    """A stored or an entered value as text, the same for both."""
    if value is None:
        return ""
    return str(value.pk if isinstance(value, Model) else value)


def read_opened(text: object) -> dict[str, str] | None:
    """What a page was opened at; None where it does not say so."""
    try:
        found = json.loads(str(text or ""))
    except (ValueError, RecursionError):
        return None
    return {str(name): str(value) for name, value in found.items()} if isinstance(found, dict) else None


def opened_input(name: str, stored: Mapping[str, str]) -> SafeString:
    """The hidden field as HTML."""
    return format_html('<input type="hidden" name="{}" value="{}">', name, json.dumps(stored))


def who_changed(row: Any, name: str) -> str:
    """Who gave the field of the row its present value, and when; “Changed in the meantime” where no history tells."""
    if not row.pk or not hasattr(row, "history"):
        return _("Changed in the meantime")
    records = list(row.history.select_related("history_user").order_by("-history_id")[:_LOOKED_AT])
    field = row._meta.get_field(name).attname
    for newer, older in pairwise([*records, None]):
        assert newer is not None, "only the last has nothing before it"
        if older is None or getattr(newer, field) != getattr(older, field):
            company = getattr(row, "company", None) or row
            zone = getattr(company, "zone", None)
            moment = timezone.localtime(newer.history_date, zone)
            facts = {"who": newer.history_user or _("System"), "when": date_format(moment, "SHORT_DATETIME_FORMAT")}
            return _("%(who)s, %(when)s") % facts
    return _("Changed in the meantime")


class ScopedForm(OpenedForm):
    """A form about one row of one company, which is set and never asked for."""

    #: Set on the class that the admin makes for a request.
    company: ClassVar[Company]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # While it is being saved, uniqueness within the company is checked, so the company has to be known
        if hasattr(self.instance, "company_id") and self.instance.company_id is None:
            self.instance.company = self.company

    def _get_validation_exclusions(self) -> set[str]:
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"company"}


# Entered before a person was signed out -------------------------------------------------------------------------------


#: The field of the login page that carries it.
KEPT_FIELD = "kept"
_SESSION_KEY = "entered_before"
_SALT = "companies.interrupted_forms"
# Longer than a person looks for their password; and as much as the widest table of products needs
_SECONDS = 3600
_LONGEST = 400_000


def keep(request: HttpRequest, *, page: str) -> str:
    """What was sent, as text for the login page; empty where it is too much.

    Args:
        request: A POST of a person who is signed out.
        page: The path of the page that the form is on.
    """
    entered = request.POST.copy()
    for name in [name for name in entered if "password" in name or name == "csrfmiddlewaretoken"]:
        del entered[name]
    text = entered.urlencode()
    if len(text) > _LONGEST:
        return ""
    return signing.dumps({"page": page, "sent_to": request.path, "text": text}, salt=_SALT, compress=True)


def carry_over(request: HttpRequest) -> None:
    """After the login: put what the login page carried where the form's page finds it."""
    token = request.POST.get(KEPT_FIELD, "")
    if not token:
        return
    sentence = _("You were signed out before your last step was saved, and nothing was changed.")
    messages.warning(request, sentence)
    try:
        request.session[_SESSION_KEY] = signing.loads(token, salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return


def entered_before(request: HttpRequest, *, sent_to: str = "") -> QueryDict | None:
    """What was entered in the form of this page before its sender was signed out, once; None where nothing was.

    Args:
        request: Of the page with the form.
        sent_to: The address of the form, where that is not the page's own.
    """
    cached: Any = getattr(request, "_entered_before", None)
    if cached is None:
        cached = request._entered_before = _taken_out(request)  # type: ignore[attr-defined]
    if not cached or cached["sent_to"] != (sent_to or request.path):
        return None
    if not cached.get("told"):
        cached["told"] = True
        messages.warning(request, _("What you entered is shown again. Check it, and save it."))
    return QueryDict(cached["text"])


def _taken_out(request: HttpRequest) -> dict[str, object]:
    waiting = request.session.get(_SESSION_KEY)
    if request.method != "GET" or not isinstance(waiting, dict) or waiting.get("page") != request.path:
        return {}
    del request.session[_SESSION_KEY]
    return waiting
