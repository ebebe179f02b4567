"""What is wrong in a file, on which line, and what is there to do about it?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from books.messages import Facts, Message
from sync.quickbooks_desktop.reading.catalogue import ERRORS, WARNINGS

MOST_OF_A_KIND = 1000


class Severity(StrEnum):
    """Whether the file may be imported."""

    #: QuickBooks would refuse it, or would store something else than the file means.
    ERROR = "error"
    #: It can be imported; a person should know.
    WARNING = "warning"


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that is wrong, with its cure."""

    code: str
    #: Counted from 1, as an editor shows it; None for the file as a whole.
    line: int | None = None
    facts: Facts = ()

    @property
    def severity(self) -> Severity:
        """How bad it is."""
        return Severity.ERROR if self.code in ERRORS else Severity.WARNING

    @property
    def message(self) -> Message:
        """What is wrong and what to do, without its line."""
        sentence = ERRORS[self.code] if self.code in ERRORS else WARNINGS[self.code]
        # A kind of file is itself a piece of a sentence
        facts = ((name, Message(sentence=str(fact)) if name == "kind" else fact) for name, fact in self.facts)
        return Message(sentence=sentence, facts=tuple(facts))


def found(code: str, line: int | None = None, **facts: object) -> Finding:
    """A finding of the catalogue."""
    return Finding(code=code, line=line, facts=tuple(facts.items()))


class FewOfEach(list[Finding]):
    """Findings, of each kind the first thousand. The others are counted, so that no file can fill the memory."""

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        """Begin with some."""
        super().__init__()
        self._counts: Counter[str] = Counter()
        self += findings

    def append(self, finding: Finding) -> None:
        """Keep a finding, or count it."""
        self._counts[finding.code] += 1
        if self._counts[finding.code] <= MOST_OF_A_KIND:
            super().append(finding)

    def extend(self, findings: Iterable[Finding]) -> None:
        """Keep or count each."""
        for finding in findings:
            self.append(finding)

    def __iadd__(self, findings: Iterable[Finding]) -> Self:  # type: ignore[override,misc]
        """Keep or count each."""
        self.extend(findings)
        return self

    @property
    def left_out(self) -> int:
        """How many are counted only."""
        return sum(max(0, count - MOST_OF_A_KIND) for count in self._counts.values())

    @property
    def errors_left_out(self) -> int:
        """How many errors are counted only."""
        return sum(max(0, count - MOST_OF_A_KIND) for code, count in self._counts.items() if code in ERRORS)


def more_than_kept(*findings: FewOfEach) -> list[Finding]:
    """That there are more than are listed; nothing where all of them are."""
    number = sum(few.left_out for few in findings)
    return [found("more-findings", number=number)] if number else []


def errors_among(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those for which the file may not be imported."""
    return tuple(finding for finding in findings if finding.severity is Severity.ERROR)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By line, each once; what concerns the whole file first."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda fromkey: fromkey.line or 0))
