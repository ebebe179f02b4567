"""What is an object of JSON?"""

from __future__ import annotations

from typing import Any

#: An object as it is read and written: texts, numbers, lists and objects by their names, None where it says null.
Json = dict[str, Any]
