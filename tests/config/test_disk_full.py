"""Does a person who sends a large file to a server whose disk is full learn that, and that nothing was taken?"""

from __future__ import annotations

import errno
import os

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from pytest_django.fixtures import Settings

from companies.database_faults import disk_fault
from sync.models import Run, StagedOrder
from tests.factories import the_studio
from tests.mapping.people import signed_in, text_of

pytestmark = pytest.mark.django_db


class OnAFullDisk(FileUploadHandler):
    """Keeps what is sent on a disk that has no room."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Say what such a disk says."""
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def file_complete(self, file_size: int) -> None:
        """No file ever is."""


def test_a_file_for_which_there_is_no_room_is_said_and_nothing_of_it_is_taken(settings: Settings) -> None:
    settings.FILE_UPLOAD_HANDLERS = [f"{__name__}.{OnAFullDisk.__name__}"]
    client = signed_in(the_studio())
    client.raise_request_exception = False
    file = SimpleUploadedFile("orders.csv", b"Order Number,Order Date\nM-1,2026-08-14\n")

    answer = client.post("/studio/import-orders/", {"file": file, "layout": "orders-csv"})

    assert answer.status_code == 503
    assert "The disk of the server has no room left." in text_of(answer)
    assert "Nothing is lost, and nothing is posted twice." in text_of(answer)
    assert (Run.objects.count(), StagedOrder.objects.count()) == (0, 0)


def test_any_other_fault_of_a_file_is_none_of_the_disk() -> None:
    assert disk_fault(FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))) is None
    assert disk_fault(None) is None
