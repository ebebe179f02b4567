"""Is the demo never silent for long, where its output is no terminal?"""

from __future__ import annotations

import time

from demo.progress import Lines
from sync.models import Document


def test_each_step_is_said_once() -> None:
    said: list[str] = []
    with Lines(said.append) as lines:
        lines.say("Importing orders.csv")
        lines.say("Importing orders.csv")
        lines.say("Posting")

    assert said == ["  Importing orders.csv", "  Posting"]


def test_a_step_that_takes_long_is_said_again_with_how_far_it_is() -> None:
    said: list[str] = []
    with Lines(said.append, seconds=0.05) as lines:
        lines.observe("claimed", Document())
        lines.observe("recorded", Document())
        lines.say("Posting")
        until = time.monotonic() + 60
        while said.count("  Posting …, 1 document so far") < 2 and time.monotonic() < until:
            time.sleep(0.01)

    begun = said.index("  Posting")
    assert said[begun + 1 : begun + 3] == ["  Posting …, 1 document so far"] * 2
