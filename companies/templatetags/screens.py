"""How does a page lead to a screen of a room above its own?"""

from __future__ import annotations

from django import template

from companies.screen import ops_address

register = template.Library()

register.simple_tag(ops_address)
