"""What does the reference page of fault codes say? `python -m tests.quickbooks_online.fault_page` writes it anew."""

from __future__ import annotations

from collections.abc import Iterator

from sync.quickbooks_online.fault_table import RULES, TEXTS, Class, FaultRule, TextRule
from tests.docs.pages import DOCS

PAGE = DOCS / "reference" / "quickbooks-faults.md"

HEAD = """\
# What QuickBooks Online's fault codes become

Written from the fault table by `python -m tests.quickbooks_online.fault_page`; a test holds the two together. The codes
are those that [Intuit lists](https://developer.intuit.com/app/developer/qbo/docs/develop/troubleshooting/error-codes),
and those that were seen without being listed.

An answer is read by its HTTP status first, then by the codes of its faults, never by their words, which follow the
language of the company. An answer with several faults keeps all of them; what may have happened decides before what a
person has to do.

| answer | becomes |
| --- | --- |
| status 200 with the document in it | accepted |
| a code that is not in these tables | rejected, in QuickBooks' own words; the issue says that the code is not known |
| status 429, whatever its body; code 3001, also as XML | try again later, after 60 seconds |
| status 401 | the login is renewed once and the same bytes go again under the same request id; then needs attention |
| status 403 | needs attention |
| status 413 | rejected: too large; a batch goes document by document |
| status 500 and above | unknown, unless every fault says that nothing happened (3001, 130, 140, 150, 5010) |
| HTML, XML, JSON cut off, an empty body, a fault list without a fault, a fault without a code | unknown |
| a fault beside the document, an item of a batch answered twice, the mark of another document | unknown |
| no answer in time, the connection closed or reset | unknown |
| the address unknown, the connection rejected, a certificate that is not trusted: nothing was sent | try again later |

*Unknown* sends the same bytes again under the same request id, or looks the document up; see
[the protocol](../decisions/0010-once-and-only-once.md). *Needs attention* stops the connection until a person acts.
"""

SECTIONS = {
    Class.AUTH: "The login has run out",
    Class.RECONNECT: "Needs attention",
    Class.THROTTLE: "Too fast",
    Class.BUSY: "Not now",
    Class.UNKNOWN: "No one can tell",
    Class.ADOPT: "Something has the name or the number already",
    Class.DATA: "Rejected",
}
BELOW = {
    Class.ADOPT: "What has it is looked at first. When it bears the mark of the very same document, it was left there "
    "by a send whose answer got lost, and it is adopted. Otherwise it is rejected:",
    Class.BUSY: "Nothing happened, and the same bytes go again after a while:",
    Class.DATA: "*Each* says that every record is an issue of its own; otherwise all with the same words are one.",
}


def page() -> str:
    """The whole page."""
    return HEAD + "".join(_section(kind) for kind in SECTIONS)


def _section(kind: Class) -> str:
    below = f"{BELOW[kind]}\n\n" if kind in BELOW else ""
    rows = "".join(_row(rule) for rule in sorted(_of(kind), key=_order))
    head = "| code | what it is for | issue | what to do |\n| --- | --- | --- | --- |\n"
    return f"\n## {SECTIONS[kind]}\n\n{below}{head}{rows}"


def _of(kind: Class) -> Iterator[FaultRule | TextRule]:
    yield from (rule for rule in RULES if rule.kind is kind)
    yield from (rule for rule in TEXTS if rule.kind is kind)


def _order(rule: FaultRule | TextRule) -> tuple[int, str]:
    return (int(rule.code), "") if isinstance(rule, FaultRule) else (6000, rule.words)


def _row(rule: FaultRule | TextRule) -> str:
    code = rule.code if isinstance(rule, FaultRule) else f"6000 with “{rule.words}”"
    return f"| {code} | {rule.meaning} | {'each' if rule.per_record else 'one'} | {rule.cure} |\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
