"""Is the collector of circles as busy again as before, once nothing asks for the contrary any more?"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from companies.collecting import seldom_collected


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


def test_what_was_there_before_is_left_out_until_the_last_is_done(usual: tuple[int, int, int]) -> None:
    frozen = gc.get_freeze_count()
    gc.unfreeze()
    with seldom_collected():
        assert gc.get_freeze_count()
        with seldom_collected():
            pass
        assert gc.get_freeze_count()
    assert not gc.get_freeze_count()
    if frozen:
        gc.freeze()


def test_what_a_web_server_leaves_out_for_good_stays_left_out(usual: tuple[int, int, int]) -> None:
    frozen = gc.get_freeze_count()
    gc.freeze()
    with seldom_collected():
        pass
    assert gc.get_freeze_count()
    if not frozen:
        gc.unfreeze()
