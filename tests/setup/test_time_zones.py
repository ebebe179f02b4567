"""Which time zones is a company offered?"""

from __future__ import annotations

import zoneinfo

from setup.time_zones import time_zone_choices


def test_those_of_the_united_states_come_first_by_the_names_that_people_use() -> None:
    (group, zones), *_ = time_zone_choices()

    assert group == "United States"
    assert zones[1:4] == [
        ("America/New_York", "Eastern (America/New_York)"),
        ("America/Chicago", "Central (America/Chicago)"),
        ("America/Denver", "Mountain (America/Denver)"),
    ]


def test_no_zone_is_offered_that_is_a_place_nowhere_or_offered_twice() -> None:
    offered = [zone for _, zones in time_zone_choices() for zone, _ in zones]

    assert "Europe/Bucharest" in offered
    assert len(offered) == len(set(offered))
    assert set(offered) <= zoneinfo.available_timezones()
    assert not [zone for zone in offered if zone in ("Factory", "localtime", "EST", "US/Eastern") or "Etc/" in zone]


def test_a_zone_that_a_company_has_stays_to_be_chosen() -> None:
    _, (_, elsewhere) = time_zone_choices("US/Mountain")

    assert ("US/Mountain", "US/Mountain") in elsewhere
