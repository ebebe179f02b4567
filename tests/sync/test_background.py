"""Is work that breaks in a thread told in the log, and does its thread end?"""

from __future__ import annotations

import pytest

from companies.background import in_a_thread


def test_what_breaks_in_a_thread_is_in_the_log_under_its_name(caplog: pytest.LogCaptureFixture) -> None:
    def work() -> None:
        raise ValueError("the file has gone")

    thread = in_a_thread("catalogue-7", work)
    thread.join(30)

    assert not thread.is_alive()
    assert [record.getMessage() for record in caplog.records] == ["catalogue-7 broke off"]
    assert "the file has gone" in caplog.text
