"""Which books can a company begin with?"""

from __future__ import annotations

from . import empty, sample, wholesale
from .once import written_once

SEEDS = {
    "sample": written_once(sample.fill),
    "empty": written_once(empty.fill),
    "wholesale": written_once(wholesale.fill),
}
