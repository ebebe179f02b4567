"""`make messages` and `make messages-check`; and slices of the texts for translators.

python -m tools.messages                                           bring locale/ up to the code
python -m tools.messages check                                     is it, and is all of it translated?
python -m tools.messages export [--missing] [--from N] [--count M] JSON lines, to be translated
python -m tools.messages import FILE                               JSON lines that are
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from babel.messages.pofile import PoFileError

from tools.messages.catalog import PO_FILE, as_file, merged, read_translations, words_of, write_translations
from tools.messages.check import compared
from tools.messages.slices import exported, imported
from tools.messages.texts import ROOT, MarkedWronglyError, all_texts

CURE = f"Run make messages, then translate it in {PO_FILE.relative_to(ROOT).as_posix()}."
#: Set once all is translated: from then on a text that is not in the file, or not translated, fails.
IS_WHOLE = True
_SHOWN = 20


def update() -> int:
    """Bring the file up to the code, and say what is left to translate."""
    known = read_translations()
    texts = all_texts()
    found = merged(texts, known)
    write_translations(found)
    missing = sum(1 for message in found.values() if not all(words_of(message)))
    print(
        f"{len(found)} texts, {len(found.keys() - known.keys())} of them new and {missing} without a translation; "
        f"{len(known.keys() - found.keys())} that the code no longer says are gone."
    )
    return 0


def check() -> int:
    """Name what is missing in the file or differs; 1 where something does."""
    texts, known = all_texts(), read_translations()
    wrong, untranslated = compared(texts, known if IS_WHOLE else merged(texts, known))
    if IS_WHOLE:
        wrong += untranslated
    elif untranslated:
        print(f"{len(untranslated)} of {len(texts)} texts are not translated yet.")
    if not wrong and PO_FILE.read_bytes() != as_file(known):
        wrong.append("Its texts are not in sequence, or not as make messages writes them.")
    for line in wrong[:_SHOWN]:
        print(line, file=sys.stderr)
    if wrong:
        more = f"And {len(wrong) - _SHOWN} more. " if len(wrong) > _SHOWN else ""
        print(f"{more}{CURE}", file=sys.stderr)
    return 1 if wrong else 0


def take(path: Path) -> int:
    """Take translated lines from a file; 1 where some were left out."""
    texts = all_texts()
    known = merged(texts, read_translations())
    taken, wrong = imported(path.read_text(encoding="utf-8").split("\n"), texts, known)
    write_translations(known)
    print(f"{taken} translations were taken.")
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


def main(arguments: Sequence[str]) -> int:
    """Do what was asked; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.messages", description="Texts and their translations")
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("update", help="bring locale/ up to the code (what is done without a command)")
    commands.add_parser("check", help="is every text there and translated, with its gaps and tags?")
    export = commands.add_parser("export", help="texts as JSON lines")
    export.add_argument("--missing", action="store_true", help="only those without a translation")
    export.add_argument("--from", dest="start", type=int, default=0, help="how many to pass over")
    export.add_argument("--count", type=int, default=None, help="how many at most, translated ones counted")
    commands.add_parser("import", help="translated JSON lines").add_argument("file", type=Path)
    given = parser.parse_args(arguments)
    try:
        if given.command == "check":
            return check()
        if given.command == "export":
            texts = all_texts()
            known = merged(texts, read_translations())
            for line in exported(texts, known, only_missing=given.missing, start=given.start, count=given.count):
                print(line)
            return 0
        return take(given.file) if given.command == "import" else update()
    except (MarkedWronglyError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except PoFileError as error:
        name = PO_FILE.relative_to(ROOT).as_posix()
        print(
            f"{name} cannot be read: {error}. If a merge left it so, take the side with the translations, "
            f"git checkout BRANCH -- {name}, and run make messages.",
            file=sys.stderr,
        )
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
