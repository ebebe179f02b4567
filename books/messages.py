"""What is a person told: what happened, with its facts, and what to do about it? One value for all of it.

Problems, notices, faults in a file, findings and refusals each carry one. It is stored nowhere: what is stored is a
code with its facts, or the words themselves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from books.translation import Translate, worded

#: Values for the gaps of a sentence, by name. One that is a `Message` is itself put into the reader's language.
Facts = tuple[tuple[str, object], ...]


@dataclass(frozen=True, kw_only=True)
class Message:
    """A sentence, the facts for its gaps, and the cure. Both texts are marked for translation."""

    #: What happened.
    sentence: str
    #: What to do about it; empty where there is nothing to do, or the sentence says so itself.
    cure: str = ""
    #: For the gaps of both. Without any both are shown as they are, whatever signs are in them.
    facts: Facts = ()

    @classmethod
    def of(cls, sentence: str, cure: str = "", **facts: object) -> Message:
        """A message with its facts by name."""
        return cls(sentence=sentence, cure=cure, facts=tuple(facts.items()))

    def about(self, **facts: object) -> Message:
        """The same with more facts; one that it has already stays as it is."""
        return replace(self, facts=tuple({**facts, **dict(self.facts)}.items()))

    def explain(self, translate: Translate = str) -> str:
        """What happened, in the reader's language."""
        return self._filled(self.sentence, translate)

    def advise(self, translate: Translate = str) -> str:
        """What to do about it, in the reader's language; empty where no cure is known."""
        return self._filled(self.cure, translate)

    def worded(self, translate: Translate = str) -> str:
        """Both, one after the other."""
        return " ".join(filter(None, (self.explain(translate), self.advise(translate))))

    def _filled(self, sentence: str, translate: Translate) -> str:
        if not sentence:
            return ""
        if not self.facts:
            return translate(sentence)
        facts = {name: fact.worded(translate) if isinstance(fact, Message) else fact for name, fact in self.facts}
        return worded(sentence, facts, translate=translate)


def all_worded(messages: Iterable[Message], translate: Translate = str) -> str:
    """Several messages as one text, one after the other; empty without any."""
    return " ".join(message.worded(translate) for message in messages)
