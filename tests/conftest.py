"""What does every test have at hand?"""

from __future__ import annotations

import hypothesis
import pytest
from django.db import connection

from tests.databases import environment_of_a_child

pytest_plugins = ["tests.browsers", "tests.criteria", "tests.languages"]

# How long one example takes says more about what else the machine is doing than about the code
hypothesis.settings.register_profile("tieout", deadline=None)
hypothesis.settings.load_profile("tieout")


@pytest.fixture
def child_environment(transactional_db: None) -> dict[str, str]:
    """The environment for a Python process that shall use this test's database; it sees only what is committed."""
    return environment_of_a_child(connection.settings_dict)
