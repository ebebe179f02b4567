"""Which way does a simulator go where behavior is open? Switches with defaults, which control calls change."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import get_args, get_type_hints


@dataclass
class Switches:
    """The base of a simulator's options: a dataclass of numbers, yes or no, and choices among texts."""

    def as_json(self) -> dict[str, object]:
        """All switches with their present values."""
        return asdict(self)

    def change(self, name: str, value: object) -> None:
        """Set one switch.

        Raises:
            ValueError: There is no such switch, or it does not take that value.
        """
        hint = get_type_hints(type(self)).get(name)
        if hint is None:
            known = ", ".join(field.name for field in fields(self))
            raise ValueError(f"there is no switch {name!r}; there are {known}")
        allowed = get_args(hint)
        if allowed and value not in allowed:
            raise ValueError(f"{name} takes one of {', '.join(map(repr, allowed))}, not {value!r}")
        if not allowed and (not isinstance(value, hint) or (hint is int and isinstance(value, bool))):
            raise ValueError(f"{name} takes a value of type {hint.__name__}, not {value!r}")
        if isinstance(value, int) and value < 0:
            raise ValueError(f"{name} cannot be negative")
        setattr(self, name, value)
