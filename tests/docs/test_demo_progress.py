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
        lines.say("Posting")
        lines.observe("claimed", Document())
        lines.observe("recorded", Document())
        until = time.monotonic() + 10
        while len(said) < 3 and time.monotonic() < until:
            time.sleep(0.01)

    assert said[:3] == ["  Posting", "  Posting …, 1 document so far", "  Posting …, 1 document so far"]
