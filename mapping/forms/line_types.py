"""How does a person say how the lines of one type post?"""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from books.orders import DEFAULT_SECTIONS
from companies.models import Company
from mapping.account_uses import LINE_TYPE
from mapping.company_lists import CompanyLists
from mapping.forms.base import PicksNames
from mapping.models import LineTypeDefault


class LineTypeForm(PicksNames):
    """The three fields of one line type."""

    item_fields = ("item_name_default",)
    account_fields: ClassVar = {"item_account_default": LINE_TYPE}

    pass_item_description_as_the_name = forms.TypedChoiceField(
        label=_("Pass Item Description as the Name"),
        choices=[("no", _("No")), ("yes", _("Yes"))],
        coerce=lambda word: word == "yes",
    )

    class Meta:
        model = LineTypeDefault
        fields = ("item_name_default", "pass_item_description_as_the_name", "item_account_default")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        passed = self.fields["pass_item_description_as_the_name"]
        passed.help_text = LineTypeDefault._meta.get_field("pass_item_description_as_the_name").help_text
        self.initial[passed_name] = "yes" if self.instance.pass_item_description_as_the_name else "no"


passed_name = "pass_item_description_as_the_name"


def line_type_forms(company: Company, data: object, proposed: object) -> list[LineTypeForm]:
    """One form per line type, in the order of the screen; a type nobody has decided on yet has its start values.

    Args:
        company: Whose line types.
        data: What was sent; None to show what is stored.
        proposed: Values that a link proposes.
    """
    shared = {"company": company, "proposed": proposed, "shared_lists": CompanyLists(company)}
    made = type("LineTypeForm", (LineTypeForm,), shared)
    stored = {row.section: row for row in LineTypeDefault.objects.filter(company=company)}
    rows = (
        stored.get(section.value) or LineTypeDefault(company=company, section=section) for section in DEFAULT_SECTIONS
    )
    return [made(data, instance=row, prefix=row.section) for row in rows]
