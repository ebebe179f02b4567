"""manage.py verify_evidence: is an evidence pack, to the last byte, as it was made? Needs no database."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from books.translation import gettext_noop
from companies.stored_texts import retold
from reconciliation.evidence_pack.verify import EvidenceCheck, EvidenceFault, check_pack
from sync.management.guarded_command import DONE, INCOMPLETE, GuardedCommand
from sync.management.whole_file import cannot_open
from sync.management.words import counted

_ANOTHER_HASH = gettext_noop("Its hash is another than the one that was written down: %(hash)s.")
_NO_HASH = gettext_noop("Its hash is another than the one that was written down: none that can be read.")


class Command(GuardedCommand):
    """Check an evidence pack."""

    help = gettext_noop("Check that an evidence pack is as it was made, and name every entry of it that is not.")
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the file and the hash that was written down."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--hash", metavar="HASH", help=_("the hash that was written down when the pack was made"))
        parser.add_argument("--json", action="store_true", help=_("print one JSON object instead of words"))

    def handle(self, *, file: Path, hash: str | None, **options: Any) -> None:
        """Check it; 0 when it is as it was made, 1 when it is not, 2 when it cannot be opened."""
        try:
            with file.open("rb") as content:
                check = check_pack(content)
        except OSError as problem:
            raise cannot_open(file, problem) from None
        faults = [*check.faults, *_other_hash(check, hash)]
        code = INCOMPLETE if faults else DONE
        if options["json"]:
            self.stdout.write(json.dumps(plain_check(file, check, faults, code), ensure_ascii=False, indent=2))
        else:
            self._tell(file, check, faults)
        if code:
            sys.exit(code)

    def _tell(self, file: Path, check: EvidenceCheck, faults: list[EvidenceFault]) -> None:
        for fault in faults:
            self.stdout.write(f"  {fault.entry}: {retold(fault.what)}" if fault.entry else f"  {retold(fault.what)}")
        if faults:
            changed = counted(
                "%(file)s is not as it was made: %(n)s fault.",
                "%(file)s is not as it was made: %(n)s faults.",
                len(faults),
                file=file.name,
            )
            self.stdout.write(changed)
            return
        intact = counted(
            "%(file)s is as it was made: %(n)s entry.",
            "%(file)s is as it was made: %(n)s entries.",
            check.entries,
            file=file.name,
        )
        self.stdout.write(intact)
        self.stdout.write(_("Hash: %(hash)s") % {"hash": check.chain})


def _other_hash(check: EvidenceCheck, written_down: str | None) -> list[EvidenceFault]:
    """That the pack, whatever it says of itself, is another than the one whose hash was written down."""
    if not written_down or written_down.strip().lower() == check.chain:
        return []
    return [EvidenceFault(entry="", what=_ANOTHER_HASH % {"hash": check.chain} if check.chain else _NO_HASH)]


def plain_check(file: Path, check: EvidenceCheck, faults: list[EvidenceFault], code: int) -> dict[str, object]:
    """The result as JSON says it."""
    return {
        "file": file.name,
        "intact": not faults,
        "hash": check.chain,
        "entries": check.entries,
        "faults": [{"entry": fault.entry, "what": fault.what} for fault in faults],
        "exit_code": code,
    }
