"""Does LWP::Authen::OAuth2, a login client that others wrote in Perl, work against the company?

It needs Perl with that library, which `.ci/run` installs where it is missing.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import simplejson

from simulators.quickbooks.server import Running

DRIVER = Path(__file__).parent / "drivers" / "oauth2.pl"


@pytest.mark.perl
def test_a_login_client_in_perl_works_unchanged(running: Running):
    perl = shutil.which("perl")
    assert perl, "perl is needed to drive LWP::Authen::OAuth2"
    command = [perl, str(DRIVER), simplejson.dumps(running.ready())]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert simplejson.loads(done.stdout) == {
        "state": "kept",
        "company": "Bramble & Birch Studio",
        "once": "yes",
        "number": "6140",
        "changed": "1 kept 100.1",
        "found": "kept",
        "balanced": "yes",
        "voided": "Voided - kept",
        "deleted": "Deleted",
        "xml": "A &amp; B",
        "again": "Bramble & Birch Studio",
        "saved": 2,
    }
