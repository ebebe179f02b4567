"""How hard do the properties of the rules look? Hard enough, and never by the clock of a busy machine."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("rules", deadline=None, print_blob=True)
settings.load_profile("rules")
