"""Which QuickBooks customers could a customer of the source be, and why? Pure; it ranks, and never picks.

The list is prepared once. A customer is then held only against those who share an address, a number, a company or a
word of the name, one letter more or less, so that a hundred thousand customers cost a question little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from books.contact_details import emails
from books.translation import gettext_noop
from mapping.matching.names import normalized
from mapping.matching.public_mail import is_public
from mapping.matching.sharing import Sharing, Spellings

#: How many customers a person is offered.
OFFERED = 5
#: Below this a customer is no help.
LEAST_SCORE = 50
_MOST_COMPARED = 40
_EACH_FURTHER_REASON = 4
#: Of no single person, so that having it at two providers means nothing.
SHARED_MAILBOXES = frozenset(
    ("info", "office", "sales", "orders", "contact", "hello", "admin", "accounts", "billing", "mail")
)

SAME_EMAIL = gettext_noop("same email")
SAME_PHONE = gettext_noop("same phone")
SAME_NAME = gettext_noop("same name")
OTHER_ORDER = gettext_noop("the same words in another order")
ONE_LETTER = gettext_noop("name differs by one letter")
PART_OF_NAME = gettext_noop("one name is part of the other")
ALIKE = gettext_noop("similar name")
SAME_COMPANY = gettext_noop("same company")
OTHER_DOMAIN = gettext_noop("same company, other email domain")
SAME_DOMAIN = gettext_noop("same email domain")
SAME_MAILBOX = gettext_noop("same email name at another provider")


@dataclass(frozen=True, kw_only=True)
class Person:
    """What is known of a customer, on either side."""

    #: The QuickBooks id, or the key in the source.
    key: str
    name: str
    company: str = ""
    email: str = ""
    #: As it is compared, see `books.contact_details`.
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A QuickBooks customer who may be meant."""

    person: Person
    #: 0 to 100; it orders candidates and proves nothing.
    score: int
    #: Marked sentence parts, the strongest first, to be translated when shown.
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class _Compared:
    """A person as they are compared."""

    person: Person
    name: str
    words: tuple[str, ...]
    company: str
    emails: frozenset[str]
    domains: frozenset[str]
    mailboxes: frozenset[str]
    phone: str


class Candidates:
    """QuickBooks' customers, prepared so that many customers of the source can be held against them."""

    def __init__(self, people: Iterable[Person]) -> None:
        """Prepare every active customer of QuickBooks."""
        self._people = list(people)
        #: As they are compared, as far as that is dear: the names and the addresses.
        self._names: list[str] = []
        self._addresses: list[tuple[str, ...]] = []
        self._sharing = Sharing()
        words: set[str] = set()
        for row, person in enumerate(self._people):
            name, addresses = normalized(person.name), emails(person.email)
            self._names.append(name)
            self._addresses.append(addresses)
            named = name.split()
            words.update(named)
            self._sharing.add(row, _keys(person, named, addresses))
        self._spellings = Spellings(words)

    def __len__(self) -> int:
        return len(self._people)

    def of(self, person: Person, *, limit: int = OFFERED) -> tuple[Candidate, ...]:
        """The likeliest customers, best first; of equal ones by the alphabet."""
        asked = _compared(person, normalized(person.name), emails(person.email))
        judged = (
            _judged(asked, _compared(self._people[row], self._names[row], self._addresses[row]))
            for row in self._near(asked)
        )
        worth = [candidate for candidate in judged if candidate.score >= LEAST_SCORE]
        worth.sort(key=lambda candidate: (-candidate.score, candidate.person.name.casefold(), candidate.person.key))
        return tuple(worth[:limit])

    def _near(self, asked: _Compared) -> Sequence[int]:
        """The rows of those who share the most; of what very many have, nothing is said."""
        misspelled = (f"word:{word}" for word in self._spellings.of(asked.words))
        keys = chain(_keys(asked.person, asked.words, tuple(asked.emails)), misspelled)
        return self._sharing.nearest(keys, most=_MOST_COMPARED)


def _compared(person: Person, name: str, addresses: tuple[str, ...]) -> _Compared:
    parts = [address.partition("@") for address in addresses]
    return _Compared(
        person=person,
        name=name,
        words=tuple(sorted(name.split())),
        company=normalized(person.company) if person.company else "",
        emails=frozenset(addresses),
        domains=frozenset(domain for _mailbox, _at, domain in parts),
        mailboxes=frozenset(mailbox for mailbox, _at, _domain in parts) - SHARED_MAILBOXES,
        phone=person.phone,
    )


def _keys(person: Person, words: Iterable[str], addresses: Iterable[str]) -> Iterator[str]:
    """What others are looked up by."""
    for word in words:
        if len(word) > 1:
            yield f"word:{word}"
    if person.company:
        yield f"company:{normalized(person.company)}"
    if person.phone:
        yield f"phone:{person.phone}"
    for email in addresses:
        mailbox, _at, domain = email.partition("@")
        yield f"email:{email}"
        if mailbox not in SHARED_MAILBOXES:
            yield f"mailbox:{mailbox}"
        if not is_public(domain):
            yield f"domain:{domain}"


def _judged(asked: _Compared, other: _Compared) -> Candidate:
    found = sorted(_reasons(asked, other), reverse=True)
    if not found:
        return Candidate(person=other.person, score=0, reasons=())
    score = min(found[0][0] + _EACH_FURTHER_REASON * (len(found) - 1), 100)
    return Candidate(person=other.person, score=score, reasons=tuple(reason for _weight, reason in found))


def _reasons(asked: _Compared, other: _Compared) -> Iterator[tuple[int, str]]:
    """Every reason with its weight."""
    same_email = not asked.emails.isdisjoint(other.emails)
    if same_email:
        yield 96, SAME_EMAIL
    if asked.phone and asked.phone == other.phone:
        yield 88, SAME_PHONE
    if name := _of_names(asked, other):
        yield name
    if asked.company and asked.company in (other.company, other.name):
        apart = asked.domains and other.domains and asked.domains.isdisjoint(other.domains)
        yield (72, OTHER_DOMAIN) if apart else (76, SAME_COMPANY)
    elif not same_email and not all(map(is_public, asked.domains & other.domains)):
        yield 58, SAME_DOMAIN
    if not same_email and not asked.mailboxes.isdisjoint(other.mailboxes):
        yield 62, SAME_MAILBOX


def _of_names(asked: _Compared, other: _Compared) -> tuple[int, str] | None:
    if not asked.name or not other.name:
        return None
    if asked.name == other.name:
        return 92, SAME_NAME
    if asked.words == other.words:
        return 90, OTHER_ORDER
    if min(len(asked.name), len(other.name)) > 3 and Levenshtein.distance(asked.name, other.name, score_cutoff=1) <= 1:
        return 84, ONE_LETTER
    mine, theirs = set(asked.words), set(other.words)
    if min(len(mine), len(theirs)) > 1 and (mine < theirs or theirs < mine):
        return 74, PART_OF_NAME
    likeness = fuzz.ratio(" ".join(asked.words), " ".join(other.words), score_cutoff=70)
    return (round(likeness * 0.8), ALIKE) if likeness else None
