"""How does plain Python mark a sentence for translation without knowing the framework that translates it?

Every sentence a person can read is written in English inside `gettext_noop(...)`, with named gaps such as
`%(account)s`. Screens translate the sentence first and fill the gaps afterwards, see `worded`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

Translate = Callable[[str], str]


def gettext_noop(sentence: str) -> str:
    """Mark a sentence so that the message extractor finds it; returns it unchanged."""
    return sentence


def worded(sentence: str, facts: Mapping[str, object], *, translate: Translate = str) -> str:
    """Translate a marked sentence, then fill its named gaps.

    Args:
        sentence: English, as marked, with gaps like `%(account)s`.
        facts: One value per gap; more than needed is fine.
        translate: The language of the reader; English when left out.
    """
    return translate(sentence) % facts
