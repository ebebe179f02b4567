"""Does the Keap account run as a program, and survive in its file?"""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from simulators.keap.options import KeapOptions
from simulators.keap.server import start
from tests.simulators.keap_driver import KeapClient


def test_the_program_prints_one_line_and_ends_with_its_input():
    command = [sys.executable, "-m", "simulators.keap", "--port", "0", "--seed", "empty", "--until-input-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdin is not None
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        headers = {"X-Keap-API-Key": ready["api_key"]}
        answer = requests.get(f"{ready['api_url']}/rest/v2/orders", headers=headers, timeout=10)
        assert answer.json() == {"orders": []}
        assert requests.get(ready["page_url"], timeout=10).status_code == 200
        program.stdin.close()
        assert program.wait(30) == 0


@pytest.mark.parametrize("arguments", [["--latency-ms", "-1"], ["--access-token-seconds", "0"], ["--seed", "odd"]])
def test_the_program_says_what_is_wrong_with_its_command_line(arguments: list[str]):
    ended = subprocess.run([sys.executable, "-m", "simulators.keap", *arguments], capture_output=True, text=True)

    assert ended.returncode == 2
    assert arguments[0] in ended.stderr


def test_the_account_is_the_same_after_a_kill(tmp_path: Path):
    data = tmp_path / "keap.jsonl"
    command = [sys.executable, "-m", "simulators.keap", "--port", "0", "--data", str(data)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        ready = json.loads(program.stdout.readline())
        control = f"{ready['base_url']}/control"
        paid = requests.post(f"{control}/pay", json={"which": "8", "amount": "10.00"}, timeout=10)
        assert paid.status_code == 200, paid.text
        requests.post(f"{control}/delete-order", json={"which": "9"}, timeout=10)
        headers = {"X-Keap-API-Key": ready["api_key"]}
        before = requests.get(f"{ready['api_url']}/rest/v2/orders?page_size=1000", headers=headers, timeout=10).json()
        program.send_signal(signal.SIGKILL)

    with start(data=data) as again, contextlib.closing(KeapClient(again)) as keap:
        assert again.ready()["api_key"] == ready["api_key"]
        assert again.ready()["refresh_token"] == ready["refresh_token"]
        assert again.company.tenant_id == ready["tenant_id"]
        assert keap.ask("GET", "/v2/orders?page_size=1000").json() == before
        assert keap.account.new_contact("Someone", "New") == "13"


def test_hooks_and_switches_of_the_profile_are_kept_too(tmp_path: Path):
    data = tmp_path / "keap.jsonl"
    with start(data=data, seed="empty") as first:
        first.company.set_profile(currency="EUR", zone="Europe/Berlin")
        first.company.hooks.subscribe("order.add", "http://127.0.0.1:9/")
        first.company.keep_hooks()

    with start(data=data) as again:
        assert again.company.currency == "EUR"
        assert again.company.clock.zone.key == "Europe/Berlin"
        assert [subscriber.status for subscriber in again.company.hooks.subscribers.values()] == ["Unverified"]
        assert again.company.store.orders == {}


def test_a_file_of_something_else_is_not_opened(tmp_path: Path):
    data = tmp_path / "keap.jsonl"
    data.write_text('{"format": 99}\n')

    with pytest.raises(ValueError, match="another version"):
        start(data=data)


def test_every_answer_can_be_made_to_wait():
    options = KeapOptions(latency_ms=120)
    with start(seed="empty", options=options) as running, contextlib.closing(KeapClient(running)) as keap:
        assert keap.ask("GET", "/v2/orders").elapsed.total_seconds() >= 0.12
