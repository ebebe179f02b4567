"""Are the fields of forms drawn exactly as Django's templates draw them?"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django import forms
from django.forms.renderers import TemplatesSetting
from django.utils import translation
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy

from config.form_drawing import FieldRenderer

NASTY = "\"><script>'&"
CHOICES: Any = [
    ("", gettext_lazy("Any")),
    ("a", NASTY),
    (NASTY, mark_safe("<b>bold</b> &amp;")),
    ("Group & more", [(1, 1234), (2.5, Decimal("1234.5")), (None, "nothing"), ("on", date(2026, 11, 30))]),
]
WIDGETS: dict[str, forms.Widget] = {
    "select": forms.Select(choices=CHOICES),
    "several": forms.SelectMultiple(choices=CHOICES, attrs={"class": NASTY, "disabled": True, "hidden": False}),
    "yes or no": forms.NullBooleanSelect(),
    "text": forms.TextInput(attrs={"maxlength": 3000, "data-x": gettext_lazy("Any"), "required": True}),
    "number": forms.NumberInput(attrs={"step": 0.5}),
    "date": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    "email": forms.EmailInput(),
    "address": forms.URLInput(),
    "hidden": forms.HiddenInput(),
    "checkbox": forms.CheckboxInput(),
    "file": forms.FileInput(),
    "password": forms.PasswordInput(render_value=True),
    "long text": forms.Textarea(),
    "radio": forms.RadioSelect(choices=CHOICES[:3]),
}
VALUES: tuple[Any, ...] = (None, "", "a", NASTY, 1, 1234, 2.5, True, date(2026, 11, 30), mark_safe("<i>"), ["a", "2.5"])


class Shouted(forms.Select):
    """A list whose options have a template of their own."""

    option_template_name = "django/forms/widgets/checkbox_option.html"


def drawn(widget: forms.Widget, value: Any, renderer: Any) -> str:
    text = widget.render("the name", value, attrs={"id": "id_x"}, renderer=renderer)
    return re.sub(r">\s+<", "><", text).strip()


@pytest.mark.parametrize("name", WIDGETS)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_field_is_drawn_to_the_letter_as_by_its_template(name: str, language: str) -> None:
    widget = WIDGETS[name]
    with translation.override(language):
        for value in VALUES[: -1 if name == "yes or no" else None]:
            assert drawn(widget, value, FieldRenderer()) == drawn(widget, value, TemplatesSetting()), value


def test_options_with_a_template_of_their_own_are_drawn_by_it() -> None:
    widget = Shouted(choices=[("a", "A")])

    assert drawn(widget, "a", FieldRenderer()) == drawn(widget, "a", TemplatesSetting())
    assert "<label" in drawn(widget, "a", FieldRenderer())


def test_what_is_shown_cannot_leave_its_field() -> None:
    shown = drawn(forms.Select(choices=[(NASTY, NASTY)], attrs={"title": NASTY}), NASTY, FieldRenderer())

    assert "<script" not in shown
    assert shown.count("<") == 4  # the list, one option, and their ends
