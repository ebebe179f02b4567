"""What does every reason have in common?"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import ClassVar

from books.json_types import Json
from books.messages import Message
from books.translation import Translate

_LONGEST_CAUSE = 300


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What every reason has in common."""

    code: ClassVar[str]
    #: The cause as a heading, without facts.
    title: ClassVar[str]
    #: What happened, with facts.
    explanation: ClassVar[str]
    #: What to do now.
    cure: ClassVar[str]
    #: The fields that make two problems the same cause.
    cause_fields: ClassVar[tuple[str, ...]]

    @property
    def cause(self) -> str:
        """The same text for every record that one fix clears; at most 300 characters."""
        facts = (str(getattr(self, name)) for name in self.cause_fields)
        text = "|".join((self.code, *(fact.replace("\\", r"\\").replace("|", r"\|") for fact in facts)))
        return text if len(text) <= _LONGEST_CAUSE else f"{text[:235]}|{sha256(text.encode()).hexdigest()}"

    def facts(self) -> Json:
        """The facts, as plain JSON values."""
        return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(self).items()}

    @property
    def words(self) -> Message:
        """What happened and what to do now."""
        return self._words(self.explanation, self.cure)

    def heading(self, translate: Translate = str) -> str:
        """The cause as a heading, in the reader's language."""
        return translate(self.title)

    def explain(self, translate: Translate = str) -> str:
        """What happened, in the reader's language."""
        return self.words.explain(translate)

    def advise(self, translate: Translate = str) -> str:
        """What to do now, in the reader's language."""
        return self.words.advise(translate)

    def _words(self, sentence: str, cure: str) -> Message:
        return Message(sentence=sentence, cure=cure, facts=tuple(self._gaps().items()))

    def _gaps(self) -> dict[str, object]:
        """The facts as they are written in a sentence: lists with commas, a dash where nothing is known."""
        joined = {name: ", ".join(value) if isinstance(value, list) else value for name, value in self.facts().items()}
        return {name: "—" if value == "" else value for name, value in joined.items()}
