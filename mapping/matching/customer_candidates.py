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

from books.contact_details import emails, emails_once
from books.translation import gettext_noop
from mapping.matching.names import normalized, words_of
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
class _Asked:
    """A customer whose like is looked for, as they are compared."""

    person: Person
    name: str
    words: list[str]
    different_words: frozenset[str]
    sorted_words: str
    company: str
    emails: tuple[str, ...]
    domains: frozenset[str]
    mailboxes: frozenset[str]


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
            named, addresses = words_of(person.name), emails_once(person.email)
            self._names.append(" ".join(named))
            self._addresses.append(addresses)
            words.update(named)
            self._sharing.add(row, _keys(person, named, addresses))
        self._spellings = Spellings(words)

    def __len__(self) -> int:
        return len(self._people)

    def of(self, person: Person, *, limit: int = OFFERED) -> tuple[Candidate, ...]:
        """The likeliest customers, best first; of equal ones by the alphabet, then by the key."""
        asked = _asked(person)
        worth: list[Candidate] = []
        for row in self._near(asked):
            other = self._people[row]
            found = sorted(_reasons(asked, other, self._names[row], self._addresses[row]), reverse=True)
            score = min(found[0][0] + _EACH_FURTHER_REASON * (len(found) - 1), 100) if found else 0
            if score >= LEAST_SCORE:
                reasons = tuple([reason for _weight, reason in found])
                worth.append(Candidate(person=other, score=score, reasons=reasons))
        worth.sort(key=lambda candidate: (-candidate.score, candidate.person.name.casefold(), candidate.person.key))
        return tuple(worth[:limit])

    def _near(self, asked: _Asked) -> Sequence[int]:
        """The rows of those who share the most; of what very many have, nothing is said."""
        misspelled = (f"word:{word}" for word in self._spellings.of(asked.words))
        keys = chain(_keys(asked.person, asked.words, asked.emails), misspelled)
        return self._sharing.nearest(keys, most=_MOST_COMPARED)


def _asked(person: Person) -> _Asked:
    name, addresses = normalized(person.name), emails(person.email)
    words = sorted(name.split())
    mailboxes, domains = _parts(addresses)
    return _Asked(
        person=person,
        name=name,
        words=words,
        different_words=frozenset(words),
        sorted_words=" ".join(words),
        company=normalized(person.company),
        emails=addresses,
        domains=frozenset(domains),
        mailboxes=frozenset(mailboxes) - SHARED_MAILBOXES,
    )


def _parts(addresses: Iterable[str]) -> tuple[list[str], list[str]]:
    """What is before and what is behind the @ of each address."""
    parts = [address.partition("@") for address in addresses]
    return [mailbox for mailbox, _at, _domain in parts], [domain for _mailbox, _at, domain in parts]


def _keys(person: Person, words: Iterable[str], addresses: Iterable[str]) -> list[str]:
    """What others are looked up by."""
    keys = [f"word:{word}" for word in words if len(word) > 1]
    if person.company:
        keys.append(f"company:{normalized(person.company)}")
    if person.phone:
        keys.append(f"phone:{person.phone}")
    for email in addresses:
        mailbox, _at, domain = email.partition("@")
        keys.append(f"email:{email}")
        if mailbox not in SHARED_MAILBOXES:
            keys.append(f"mailbox:{mailbox}")
        if not is_public(domain):
            keys.append(f"domain:{domain}")
    return keys


def _reasons(asked: _Asked, other: Person, name: str, addresses: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Every reason with its weight.

    Args:
        asked: Whose like is looked for.
        other: One who may be meant.
        name: Theirs as it is compared.
        addresses: Theirs as they are compared.
    """
    mailboxes, domains = _parts(addresses)
    same_email = any(address in asked.emails for address in addresses)
    if same_email:
        yield 96, SAME_EMAIL
    if asked.person.phone and asked.person.phone == other.phone:
        yield 88, SAME_PHONE
    if of_names := _of_names(asked, name):
        yield of_names
    if asked.company and asked.company in (normalized(other.company), name):
        apart = asked.domains and domains and asked.domains.isdisjoint(domains)
        yield (72, OTHER_DOMAIN) if apart else (76, SAME_COMPANY)
    elif not same_email and not all(is_public(domain) for domain in asked.domains.intersection(domains)):
        yield 58, SAME_DOMAIN
    if not same_email and not asked.mailboxes.isdisjoint(mailboxes):
        yield 62, SAME_MAILBOX


def _of_names(asked: _Asked, name: str) -> tuple[int, str] | None:
    if not asked.name or not name:
        return None
    if asked.name == name:
        return 92, SAME_NAME
    words = sorted(name.split())
    if asked.words == words:
        return 90, OTHER_ORDER
    if min(len(asked.name), len(name)) > 3 and Levenshtein.distance(asked.name, name, score_cutoff=1) <= 1:
        return 84, ONE_LETTER
    if len(words) > 1 and _is_part(asked.different_words, set(words)):
        return 74, PART_OF_NAME
    likeness = fuzz.ratio(asked.sorted_words, " ".join(words), score_cutoff=70)
    return (round(likeness * 0.8), ALIKE) if likeness else None


def _is_part(mine: frozenset[str], theirs: set[str]) -> bool:
    """Whether one of two names has all words of the other, and more."""
    return min(len(mine), len(theirs)) > 1 and (mine < theirs or theirs < mine)
