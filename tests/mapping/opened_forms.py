"""Forms that were opened before someone else saved."""

from __future__ import annotations

import html
import re
from typing import Any

ACCOUNTS = "/mapping/studio/posting-accounts/"
_INPUT = re.compile(r"<input[^>]*>")


def sent_with(page: Any, form: str = "", /, **entered: str) -> dict[str, str]:
    """What a browser sends from the page, or its form of this address: its fields, and what the person entered."""
    found = {}
    body = page.content.decode()
    if form:
        body = body.partition(f'action="{form}"')[2].partition("</form>")[0]
    for tag in _INPUT.findall(body):
        attributes = {name: html.unescape(value) for name, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        kind, name = attributes.get("type", "text"), attributes.get("name", "")
        ticked = kind not in ("checkbox", "radio") or re.search(r"\schecked[\s>=]", tag)
        if name and ticked and kind not in ("submit", "search") and name != "csrfmiddlewaretoken":
            found[name] = attributes.get("value", "on" if kind == "checkbox" else "")
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, flags=re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = html.unescape(chosen[1]) if chosen else ""
    return found | entered
