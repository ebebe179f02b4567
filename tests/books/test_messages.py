"""Does a message say what happened and what to do, in the reader's language, with its facts?"""

from __future__ import annotations

from books.messages import Message

WORDS = {"%(count)d of %(name)s.": "%(name)s: %(count)d.", "the file": "die Datei", "Fix %(name)s.": "%(name)s!"}


def german(sentence: str) -> str:
    return WORDS.get(sentence, sentence)


def test_sentence_and_cure_are_translated_and_then_filled():
    message = Message.of("%(count)d of %(name)s.", "Fix %(name)s.", count=2, name="clay")

    assert message.explain() == "2 of clay."
    assert message.advise() == "Fix clay."
    assert message.worded(german) == "clay: 2. clay!"


def test_without_a_cure_there_is_nothing_to_do():
    message = Message.of("%(name)s was left out.", name="Clay")

    assert message.advise(german) == ""
    assert message.worded() == "Clay was left out."


def test_a_fact_that_is_a_message_is_in_the_readers_language_too():
    message = Message.of("%(name)s is empty.", name=Message(sentence="the file"))

    assert message.worded() == "the file is empty."
    assert message.worded(german) == "die Datei is empty."


def test_text_from_outside_may_contain_a_percent_sign():
    assert Message(sentence="Up 50% (net)", cure="100% yours").worded() == "Up 50% (net) 100% yours"
    assert Message.of("It says: %(words)s", words="50% %(off)s").worded() == "It says: 50% %(off)s"


def test_more_facts_never_replace_those_that_are_there():
    message = Message.of("%(column)s: %(value)s", value="7")

    assert message.about(column="Total", value="8").worded() == "Total: 7"
    assert message.about() == message
    assert hash(message) == hash(Message.of("%(column)s: %(value)s", value="7"))
