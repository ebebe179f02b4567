"""Is the collector of circles as busy again as before, once nothing asks for the contrary any more?"""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Iterator

import pytest

from companies.collecting import seldom_collected

# Tests leave out for good what they begin with; a process of its own has nothing left out yet
LEFT_OUT_MEANWHILE = """
import gc
from companies.collecting import seldom_collected
with seldom_collected():
    assert gc.get_freeze_count()
    with seldom_collected():
        pass
    assert gc.get_freeze_count()
assert not gc.get_freeze_count()
"""
LEFT_OUT_FOR_GOOD = """
import gc
from companies.collecting import leave_out_for_good, seldom_collected
with seldom_collected():
    leave_out_for_good()
assert gc.get_freeze_count()
with seldom_collected():
    pass
assert gc.get_freeze_count()
"""


@pytest.fixture
def usual() -> Iterator[tuple[int, int, int]]:
    """What Python begins with; tests have it otherwise."""
    before = gc.get_threshold()
    gc.set_threshold(700, 10, 10)
    yield gc.get_threshold()
    gc.set_threshold(*before)


def test_the_collector_is_as_before_after_the_last_that_wanted_it_otherwise(usual: tuple[int, int, int]) -> None:
    first, second = seldom_collected(), seldom_collected()

    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert gc.get_threshold()[0] > usual[0]
    second.__exit__(None, None, None)
    assert gc.get_threshold() == usual

    with pytest.raises(KeyError), seldom_collected():
        raise KeyError
    assert gc.get_threshold() == usual


def test_what_was_there_before_is_left_out_until_the_last_is_done() -> None:
    _run(LEFT_OUT_MEANWHILE)


def test_what_a_web_server_leaves_out_for_good_stays_left_out() -> None:
    _run(LEFT_OUT_FOR_GOOD)


def _run(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
