"""How does an administrator bring a person into a company?"""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from companies.forms.base import ScopedForm
from companies.models import Membership, Role


class MembershipForm(ScopedForm):
    """A person, named by their login or email address, and a role. Nobody is offered a list of everybody's people."""

    person = forms.CharField(
        label=gettext_lazy("Login or email address"),
        help_text=gettext_lazy("Of a person who can sign in already, written in full."),
        widget=UnfoldAdminTextInputWidget,
    )

    class Meta:
        model = Membership
        fields = ("role",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding:
            self.fields.pop("person", None)

    def clean_person(self) -> str:
        text = str(self.cleaned_data["person"]).strip()
        found = list(get_user_model().objects.filter(Q(username=text) | Q(email__iexact=text), is_active=True)[:2])
        if len(found) != 1:
            raise forms.ValidationError(self._nobody(text, several=bool(found)))
        self.instance.user = found[0]
        return text

    def clean_role(self) -> str:
        role = str(self.cleaned_data["role"])
        if role != Role.ADMINISTRATOR and is_last_administrator(self.instance):
            raise forms.ValidationError(_("A company keeps at least one administrator. Make someone else one first."))
        return role

    def _nobody(self, text: str, *, several: bool) -> str:
        if several:
            return _("More than one person has the email address “%(text)s”. Use the login.") % {"text": text}
        sentence = _("No one can sign in as “%(text)s”. The person who runs this installation creates logins.")
        return sentence % {"text": text}

    def _get_validation_exclusions(self) -> set[str]:
        # The person is set here, not by a field of the model, and must be unique within the company all the same
        excluded = super()._get_validation_exclusions()
        return excluded - {"user"} if self.instance.user_id else excluded


def is_last_administrator(membership: Membership) -> bool:
    """Whether the company would be left without an administrator."""
    if membership._state.adding:
        return False
    administrators = Membership.objects.filter(company=membership.company_id, role=Role.ADMINISTRATOR)
    return [*administrators.values_list("pk", flat=True)[:2]] == [membership.pk]
