"""Where does a web server take hold of the application?"""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from companies.collecting import leave_out_for_good  # noqa: E402 - needs the settings and apps of the line above
from config.checks import refuse_to_start_with_errors  # noqa: E402

refuse_to_start_with_errors()

# What was made at the start stays. Each time Python looks for what is left over it would go through all of it again,
# while a person waits for a page
leave_out_for_good()
