"""How is a number of something said on a terminal? Commands speak English."""

from __future__ import annotations


def counted(number: int, one: str, several: str = "") -> str:
    """A number with its noun, and whatever else depends on there being one or several.

    Args:
        number: How many.
        one: What follows a one, such as `document waits`.
        several: What follows any other number; `one` with an s when left out.
    """
    return f"{number:,} {one if number == 1 else several or f'{one}s'}"
