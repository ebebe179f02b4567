"""What does every test have at hand?"""

from __future__ import annotations

import pytest
from django.db import connection

from tests.databases import environment_of_a_child

pytest_plugins = ["tests.browsers", "tests.criteria"]


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a Python process that shall use this test's database; it sees only what is committed."""
    return environment_of_a_child(connection.settings_dict)
