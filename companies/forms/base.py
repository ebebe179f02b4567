"""What does every form about a company's rows have in common? The company is never asked for."""

from __future__ import annotations

from typing import Any, ClassVar

from companies.forms.opened import OpenedForm
from companies.models import Company


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
