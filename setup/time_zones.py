"""Which time zones is a company offered? Those of the United States first, then the rest of the world by its cities."""

from __future__ import annotations

import zoneinfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: From east to west, as people in the United States call them.
_UNITED_STATES = {
    "America/Puerto_Rico": gettext_lazy("Atlantic, Puerto Rico"),
    "America/New_York": gettext_lazy("Eastern"),
    "America/Chicago": gettext_lazy("Central"),
    "America/Denver": gettext_lazy("Mountain"),
    "America/Phoenix": gettext_lazy("Mountain, Arizona"),
    "America/Los_Angeles": gettext_lazy("Pacific"),
    "America/Anchorage": gettext_lazy("Alaska"),
    "Pacific/Honolulu": gettext_lazy("Hawaii"),
}
#: Zones are named after a city in one of these; what else there is are abbreviations and names from before.
_REGIONS = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")

Choice = tuple[str, str]


def time_zone_choices(kept: str = "") -> list[tuple[str, list[Choice]]]:
    """The zones to choose from, in groups.

    Args:
        kept: The zone that a company has already; it stays to be chosen, whatever its name.
    """
    there = zoneinfo.available_timezones()
    ours = [(zone, f"{words} ({zone})") for zone, words in _UNITED_STATES.items() if zone in there]
    world = {zone for zone in there if zone.split("/")[0] in _REGIONS} - set(_UNITED_STATES) | {"UTC"}
    if kept and kept not in _UNITED_STATES:
        world.add(kept)
    return [(_("United States"), ours), (_("Elsewhere"), [(zone, zone) for zone in sorted(world)])]
