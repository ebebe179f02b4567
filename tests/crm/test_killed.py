"""Is a contact there once after a process was killed between sending it and taking note of that?"""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from companies.models import Company
from simulators.highlevel.server import RunningAgency
from simulators.quickbooks.server import Running
from sync.models import CompanyLease, CrmContact, CrmContactState
from sync.run import sync_company
from tests.children import begin
from tests.crm.turning import turn_on
from tests.fetching.highlevel_agency import agency, connected
from tests.held_answers import PATIENCE
from tests.rehearsal import quickbooks, rehearsal, studio
from tests.simulators.driver import Books

__all__ = ["agency", "quickbooks", "rehearsal", "studio"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.criterion("C14")
def test_a_process_that_is_killed_while_highlevel_answers_leaves_one_contact(
    studio: Company,
    rehearsal: Running,
    quickbooks: Books,
    agency: RunningAgency,
    child_environment: dict[str, str],
) -> None:
    quickbooks.sign_in(rehearsal.ready()["access_token"])
    source = connected(agency, studio)
    source.live.address = agency.ready()["base_url"]  # where the other process finds it
    source.live.save(update_fields=["address"])
    turn_on(source, quickbooks)
    quickbooks.customer("Brook Pottery", PrimaryEmailAddr={"Address": "maya@example.com"})
    agency.app.faults.order({"kind": "timeout_after", "operation": "create", "entity": "contact", "seconds": 60.0})

    child = begin("tests.sync.sync_process", rehearsal.base_url, environment=child_environment, log=Path(os.devnull))
    until = time.monotonic() + PATIENCE
    while not agency.company.tables.count("contacts"):
        assert time.monotonic() < until, "the contact was never sent"
        time.sleep(0.05)
    child.kill()

    assert CrmContact.objects.get().state == CrmContactState.SENDING
    CompanyLease.objects.filter(company=studio).update(until=timezone.now() - timedelta(seconds=1))
    CrmContact.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    sync_company(studio)

    row = CrmContact.objects.get()
    assert (row.state, row.tries) == (CrmContactState.CREATED, 1)
    assert agency.company.tables.count("contacts") == 1


@pytest.mark.criterion("C14")
def test_a_contact_that_highlevel_stores_after_it_hung_up_is_there_once(
    studio: Company, rehearsal: Running, quickbooks: Books, agency: RunningAgency
) -> None:
    quickbooks.sign_in(rehearsal.ready()["access_token"])
    source = connected(agency, studio)
    turn_on(source, quickbooks)
    quickbooks.customer("Brook Pottery", PrimaryEmailAddr={"Address": "maya@example.com"})
    agency.app.faults.order({"kind": "written_late", "operation": "create", "entity": "contact", "seconds": 0.5})

    sync_company(studio)
    sync_company(studio)  # while HighLevel has not stored it yet
    until = time.monotonic() + PATIENCE
    while not agency.company.tables.count("contacts"):
        assert time.monotonic() < until, "the contact was never stored"
        time.sleep(0.05)
    CrmContact.objects.update(sent_at=timezone.now() - timedelta(minutes=2))
    sync_company(studio)

    row = CrmContact.objects.get()
    assert (row.state, row.tries) == (CrmContactState.CREATED, 1)
    assert agency.company.tables.count("contacts") == 1
