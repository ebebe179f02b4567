"""The web server in a process of its own, for a rehearsal company: a thread a request, as gunicorn has it."""

from __future__ import annotations

import django

django.setup()

from django.conf import settings  # noqa: E402 - models exist only after the set-up
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402


def main(url: str) -> None:
    """Answer until killed; the first line that is printed is the port."""
    settings.TIEOUT_REHEARSAL_URL = url
    server = ThreadedWSGIServer(("127.0.0.1", 0), WSGIRequestHandler)
    server.set_app(get_wsgi_application())
    print(server.server_port, flush=True)
    server.serve_forever()
