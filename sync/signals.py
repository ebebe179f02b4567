"""How do later rooms hear that documents changed, without sync knowing them?"""

from __future__ import annotations

from django.dispatch import Signal

#: Sent with `company` after documents were prepared or pushed and their problems may have changed: which causes that
#: concerns is kept in `TouchedCause`.
problems_changed = Signal()

#: Sent with `company` and `turn` when a company's sync has done its work and its turn is not over: then is done what is
#: best done ahead, while no one waits for it. A receiver that fails ends no sync.
turn_left = Signal()
