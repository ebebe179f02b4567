"""How do later rooms hear that documents changed, without sync knowing them?"""

from __future__ import annotations

from django.dispatch import Signal

#: Sent with `company` after documents were prepared or pushed and their problems may have changed: which causes that
#: concerns is kept in `TouchedCause`.
problems_changed = Signal()
