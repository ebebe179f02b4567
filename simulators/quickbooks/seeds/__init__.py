"""Which books can a company begin with?"""

from __future__ import annotations

from . import empty, sample, wholesale

SEEDS = {"sample": sample.fill, "empty": empty.fill, "wholesale": wholesale.fill}
