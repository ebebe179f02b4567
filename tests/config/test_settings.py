from __future__ import annotations

import re
import runpy
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from cryptography.fernet import Fernet
from django.conf import settings as of_this_run
from django.core.checks import CheckMessage

from config.checks import problems_of
from config.environment import Environment
from tests.config.good_settings import A_KEY, GOOD_PRODUCTION, ROOT

PAGE = ROOT / "docs/reference/settings.md"
DEVELOPMENT = {"TIEOUT_ENV": "development"}
REHEARSAL = {"TIEOUT_QUICKBOOKS_ENVIRONMENT": "rehearsal"}

Load = Callable[[dict[str, str]], SimpleNamespace]


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """Evaluate config/settings.py as a process with this environment would."""

    (tmp_path / "locale").symlink_to(of_this_run.LOCALE_PATHS[0].parent)  # which need not be made for each

    def with_environment(environment: dict[str, str]) -> SimpleNamespace:
        given = {"TIEOUT_DATA_DIR": str(tmp_path), "TIEOUT_ENV_FILE": "/dev/null", **environment}
        monkeypatch.setattr("os.environ", given)
        return SimpleNamespace(**runpy.run_path(str(ROOT / "config/settings.py")))

    return with_environment


def ids(problems: list[CheckMessage]) -> list[str]:
    return [str(problem.id).removeprefix("tieout.") for problem in problems]


@pytest.mark.parametrize(
    ("address", "options"),
    [
        ("postgres://u:p@db/tieout", {"options": "-c jit=off -c random_page_cost=1.1"}),
        (
            "postgres://u:p@db/tieout?sslmode=require",
            {"options": "-c jit=off -c random_page_cost=1.1", "sslmode": "require"},
        ),
        ("postgres://u:p@db/tieout?options=-c%20jit%3Don", {"options": "-c jit=off -c random_page_cost=1.1 -c jit=on"}),
    ],
)
def test_postgresql_plans_for_short_queries_unless_the_address_says_so(
    load: Load, address: str, options: dict[str, str]
) -> None:
    assert load({"DATABASE_URL": address}).DATABASES["default"]["OPTIONS"] == options


# variable at fault, environment, check that has to notice
FAULTS = [
    ("TIEOUT_ENV", {"TIEOUT_ENV": "prod"}, "E001"),
    ("TIEOUT_DEBUG", DEVELOPMENT | {"TIEOUT_DEBUG": "flase"}, "E001"),
    ("TIEOUT_BEHIND_PROXY", DEVELOPMENT | {"TIEOUT_BEHIND_PROXY": "nginx"}, "E001"),
    ("TIEOUT_PROXIES", DEVELOPMENT | {"TIEOUT_PROXIES": "0"}, "E001"),
    ("TIEOUT_HSTS_SECONDS", DEVELOPMENT | {"TIEOUT_HSTS_SECONDS": "-1"}, "E001"),
    ("TIEOUT_SESSION_HOURS", DEVELOPMENT | {"TIEOUT_SESSION_HOURS": "0"}, "E001"),
    ("TIEOUT_SESSION_HOURS", DEVELOPMENT | {"TIEOUT_SESSION_HOURS": "²"}, "E001"),
    ("TIEOUT_SYNC_MINUTES", DEVELOPMENT | {"TIEOUT_SYNC_MINUTES": "0"}, "E001"),
    ("TIEOUT_LOG_LEVEL", DEVELOPMENT | {"TIEOUT_LOG_LEVEL": "LOUD"}, "E001"),
    ("TIEOUT_LANGUAGE", DEVELOPMENT | {"TIEOUT_LANGUAGE": "Romanian"}, "E001"),
    ("DATABASE_URL", DEVELOPMENT | {"DATABASE_URL": "mysql://u:p@db/tieout"}, "E001"),
    ("DATABASE_URL", DEVELOPMENT | {"DATABASE_URL": "tieout"}, "E001"),
    ("DATABASE_URL", DEVELOPMENT | {"DATABASE_URL": "postgres://u:p@db:port/tieout"}, "E001"),
    ("TIEOUT_QUICKBOOKS_ENVIRONMENT", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_ENVIRONMENT": "live"}, "E001"),
    ("TIEOUT_SECRET_KEY", GOOD_PRODUCTION | {"TIEOUT_SECRET_KEY": ""}, "E002"),
    ("TIEOUT_ENCRYPTION_KEYS", GOOD_PRODUCTION | {"TIEOUT_ENCRYPTION_KEYS": " , "}, "E003"),
    ("TIEOUT_ENCRYPTION_KEYS", GOOD_PRODUCTION | {"TIEOUT_ENCRYPTION_KEYS": f"{A_KEY},short"}, "E004"),
    ("TIEOUT_ENCRYPTION_KEYS", DEVELOPMENT | {"TIEOUT_ENCRYPTION_KEYS": "short"}, "E004"),
    ("TIEOUT_ENCRYPTION_KEYS", DEVELOPMENT | {"TIEOUT_ENCRYPTION_KEYS": f"{A_KEY},{A_KEY}"}, "W004"),
    ("TIEOUT_DEBUG", GOOD_PRODUCTION | {"TIEOUT_DEBUG": "yes"}, "E005"),
    ("TIEOUT_ALLOWED_HOSTS", GOOD_PRODUCTION | {"TIEOUT_ALLOWED_HOSTS": ""}, "E006"),
    ("TIEOUT_ALLOWED_HOSTS", GOOD_PRODUCTION | {"TIEOUT_ALLOWED_HOSTS": "books.example.com,*"}, "E006"),
    ("TIEOUT_ALLOWED_HOSTS", GOOD_PRODUCTION | {"TIEOUT_ALLOWED_HOSTS": "https://books.example.com"}, "E006"),
    ("TIEOUT_ALLOWED_HOSTS", GOOD_PRODUCTION | {"TIEOUT_ALLOWED_HOSTS": "books.example.com:8000"}, "E006"),
    ("TIEOUT_ENV_FILE", DEVELOPMENT | {"TIEOUT_ENV_FILE": "/nowhere/tieout.env"}, "E021"),
    ("TIEOUT_QUICKBOOKS_ENVIRONMENT", GOOD_PRODUCTION | REHEARSAL, "E007"),
    ("TIEOUT_QUICKBOOKS_API_URL", GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_API_URL": "https://127.0.0.1:8765"}, "E007"),
    ("TIEOUT_QUICKBOOKS_API_URL", GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_API_URL": "https://notintuit.com"}, "E007"),
    ("TIEOUT_QUICKBOOKS_API_URL", GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_API_URL": "http://127.0.0.1:8765"}, "E008"),
    ("TIEOUT_QUICKBOOKS_API_URL", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_API_URL": "http://127.0.0.1:8765"}, "E008"),
    ("TIEOUT_QUICKBOOKS_AUTHORIZE_URL", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_AUTHORIZE_URL": "http://a.example"}, "E008"),
    ("TIEOUT_QUICKBOOKS_TOKEN_URL", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_TOKEN_URL": "tokens"}, "E008"),
    ("TIEOUT_QUICKBOOKS_REVOKE_URL", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_REVOKE_URL": "https://[::1"}, "E008"),
    ("TIEOUT_REHEARSAL_URL", GOOD_PRODUCTION | {"TIEOUT_REHEARSAL_URL": "https://rehearsal.example.com"}, "E009"),
    ("TIEOUT_REHEARSAL_URL", DEVELOPMENT | {"TIEOUT_REHEARSAL_URL": "127.0.0.1:8765"}, "E010"),
    ("TIEOUT_REHEARSAL_URL", DEVELOPMENT | {"TIEOUT_REHEARSAL_URL": "http://127.0.0.1:8765/v3"}, "E010"),
    ("TIEOUT_REHEARSAL_URL", DEVELOPMENT | {"TIEOUT_REHEARSAL_URL": "http://127.0.0.1:port"}, "E010"),
    ("TIEOUT_REHEARSAL_LIMITS", DEVELOPMENT | {"TIEOUT_REHEARSAL_LIMITS": "some"}, "E001"),
    ("TIEOUT_QUICKBOOKS_REDIRECT_URI", GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_REDIRECT_URI": ""}, "E011"),
    ("TIEOUT_QUICKBOOKS_CLIENT_SECRET", GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_CLIENT_SECRET": ""}, "E012"),
    ("TIEOUT_QUICKBOOKS_CLIENT_ID", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_CLIENT_SECRET": "x"}, "E012"),
    ("TIEOUT_REHEARSAL_URL", DEVELOPMENT | {"TIEOUT_REHEARSAL_URL": "https://quickbooks.api.intuit.com"}, "E010"),
    ("TIEOUT_SANDBOX_CLIENT_SECRET", GOOD_PRODUCTION | {"TIEOUT_SANDBOX_CLIENT_ID": "x"}, "E014"),
    ("TIEOUT_SANDBOX_CLIENT_ID", DEVELOPMENT | {"TIEOUT_SANDBOX_CLIENT_SECRET": "x"}, "E014"),
    (
        "TIEOUT_SANDBOX_CLIENT_ID",
        GOOD_PRODUCTION | {"TIEOUT_SANDBOX_CLIENT_ID": "an-id", "TIEOUT_SANDBOX_CLIENT_SECRET": "x"},
        "E014",
    ),
    ("TIEOUT_KEAP_API_URL", DEVELOPMENT | {"TIEOUT_KEAP_API_URL": "http://crm.example"}, "E015"),
    ("TIEOUT_KEAP_TOKEN_URL", DEVELOPMENT | {"TIEOUT_KEAP_TOKEN_URL": "tokens"}, "E015"),
    ("TIEOUT_KEAP_AUTHORIZE_URL", DEVELOPMENT | {"TIEOUT_KEAP_AUTHORIZE_URL": "sign-in"}, "E015"),
    ("TIEOUT_KEAP_CLIENT_SECRET", DEVELOPMENT | {"TIEOUT_KEAP_CLIENT_ID": "x"}, "E016"),
    ("TIEOUT_KEAP_CLIENT_ID", DEVELOPMENT | {"TIEOUT_KEAP_CLIENT_SECRET": "x"}, "E016"),
    (
        "TIEOUT_KEAP_REDIRECT_URI",
        GOOD_PRODUCTION | {"TIEOUT_KEAP_CLIENT_ID": "x", "TIEOUT_KEAP_CLIENT_SECRET": "y"},
        "E017",
    ),
    ("TIEOUT_HIGHLEVEL_API_URL", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_API_URL": "http://crm.example"}, "E015"),
    ("TIEOUT_HIGHLEVEL_TOKEN_URL", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_TOKEN_URL": "tokens"}, "E015"),
    ("TIEOUT_HIGHLEVEL_AUTHORIZE_URL", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_AUTHORIZE_URL": "sign-in"}, "E015"),
    ("TIEOUT_HIGHLEVEL_CLIENT_SECRET", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_CLIENT_ID": "x"}, "E016"),
    ("TIEOUT_HIGHLEVEL_CLIENT_ID", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_CLIENT_SECRET": "x"}, "E016"),
    (
        "TIEOUT_HIGHLEVEL_REDIRECT_URI",
        GOOD_PRODUCTION | {"TIEOUT_HIGHLEVEL_CLIENT_ID": "x", "TIEOUT_HIGHLEVEL_CLIENT_SECRET": "y"},
        "E017",
    ),
    ("TIEOUT_HIGHLEVEL_AGENCY", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_AGENCY": "some"}, "E001"),
    ("TIEOUT_HIGHLEVEL_WEBHOOK_KEYS", DEVELOPMENT | {"TIEOUT_HIGHLEVEL_WEBHOOK_KEYS": "MCowBQYDK2Vw"}, "E018"),
    ("TIEOUT_PUBLIC_URL", DEVELOPMENT | {"TIEOUT_PUBLIC_URL": "books.example.com"}, "E019"),
    ("TIEOUT_PUBLIC_URL", DEVELOPMENT | {"TIEOUT_PUBLIC_URL": "http://books.example.com"}, "E019"),
    ("TIEOUT_PUBLIC_URL", GOOD_PRODUCTION | {"TIEOUT_PUBLIC_URL": "https://books.example.com/sync"}, "E019"),
    ("TIEOUT_PUBLIC_URL", GOOD_PRODUCTION | {"TIEOUT_PUBLIC_URL": "https://127.0.0.1"}, "E019"),
    ("TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS": "secret"}, "E020"),
    ("TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS", DEVELOPMENT | {"TIEOUT_QUICKBOOKS_WEBHOOK_TOKENS": f"a {A_KEY}"}, "E020"),
    ("TIEOUT_SUPPORT_HOURS", DEVELOPMENT | {"TIEOUT_SUPPORT_HOURS": "always " * 40}, "W005"),
    ("TIEOUT_SUPPORT_CONTACT", DEVELOPMENT | {"TIEOUT_SUPPORT_CONTACT": "us " * 80}, "W005"),
    ("TIEOUT_DATA_DIR", DEVELOPMENT | {"TIEOUT_DATA_DIR": "/dev/null/here"}, "E013"),
    ("DATABASE_URL", GOOD_PRODUCTION | {"DATABASE_URL": "sqlite:////tmp/tieout.sqlite3"}, "W001"),
    ("TIEOUT_SECRETKEY", DEVELOPMENT | {"TIEOUT_SECRETKEY": "x"}, "W002"),
    (
        "TIEOUT_QUICKBOOKS_CLIENT_ID",
        GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_CLIENT_ID": "", "TIEOUT_QUICKBOOKS_CLIENT_SECRET": ""},
        "W003",
    ),
]


@pytest.mark.parametrize(("variable", "environment", "expected"), FAULTS)
def test_a_fault_in_a_setting_is_noticed_and_comes_with_a_cure(
    load: Load, variable: str, environment: dict[str, str], expected: str
) -> None:
    problems = problems_of(load(environment))

    noticed = [problem for problem in problems if problem.id == f"tieout.{expected}"]
    assert noticed, f"{expected} did not notice; others did: {problems}"
    assert variable in f"{noticed[0].msg} {noticed[0].hint}" or expected == "W001"
    assert noticed[0].hint
    assert noticed[0].is_serious() == expected.startswith("E")


def test_every_setting_has_a_fault_that_is_noticed(load: Load) -> None:
    unguarded = set(load(DEVELOPMENT).TIEOUT_VARIABLES) - {variable for variable, _, _ in FAULTS}

    assert not unguarded, f"give these a check in config/checks.py, and a row in FAULTS: {unguarded}"


def test_every_check_has_a_fault_that_it_notices() -> None:
    files = [ROOT / "config" / name for name in ("checks.py", "source_checks.py")]
    declared = {code for file in files for code in re.findall(r"tieout\.([EW]\d+)", file.read_text())}

    assert declared == {expected for _, _, expected in FAULTS}


def test_a_good_production_has_no_problem(load: Load) -> None:
    assert problems_of(load(GOOD_PRODUCTION)) == []


def test_a_fresh_development_machine_has_no_problem(load: Load) -> None:
    assert problems_of(load({})) == []


def test_a_fault_in_one_setting_hides_no_other(load: Load) -> None:
    settings = load({"TIEOUT_ENV": "production", "TIEOUT_DEBUG": "on", "TIEOUT_QUICKBOOKS_API_URL": "http://localhost"})

    assert ids(problems_of(settings)) == ["E002", "E003", "E005", "E006", "E008", "W003", "W001"]


def test_a_name_that_is_no_environment_counts_as_production(load: Load) -> None:
    settings = load({"TIEOUT_ENV": "prod"})

    assert settings.PRODUCTION
    assert not settings.DEBUG
    assert {"E001", "E002", "E003"} <= set(ids(problems_of(settings)))


def test_the_key_of_development_does_not_encrypt_in_production(load: Load) -> None:
    development_key = load(DEVELOPMENT).DEVELOPMENT_ENCRYPTION_KEY
    keys = f"{A_KEY},{development_key}"

    assert ids(problems_of(load(GOOD_PRODUCTION | {"TIEOUT_ENCRYPTION_KEYS": keys}))) == ["E003"]


def test_a_slip_of_the_pen_is_told_the_name_that_was_meant(load: Load) -> None:
    (problem,) = problems_of(load({"TIEOUT_ALOWED_HOSTS": "x"}))

    assert "Did you mean TIEOUT_ALLOWED_HOSTS?" in str(problem.hint)


def test_a_complaint_about_the_database_does_not_print_its_password(load: Load) -> None:
    (problem,) = problems_of(load({"DATABASE_URL": "mysql://u:pa55word@db/tieout"}))

    assert "pa55word" not in str(problem)


@pytest.mark.parametrize(
    "uri",
    [
        "http://books.example.com/callback/",
        "https://192.0.2.1/callback/",
        "https://localhost/callback/",
        "https://books.example.com/callback/?company=1",
        "https://books.example.com/callback/#here",
        "https://me@books.example.com/callback/",
        "/sync/quickbooks/callback/",
    ],
)
def test_intuit_would_refuse_this_redirect_address_in_production(load: Load, uri: str) -> None:
    assert ids(problems_of(load(GOOD_PRODUCTION | {"TIEOUT_QUICKBOOKS_REDIRECT_URI": uri}))) == ["E011"]


@pytest.mark.parametrize(
    ("uri", "expected"),
    [
        ("http://localhost:8000/callback/", []),
        ("https://books.example.com/callback/", []),
        ("http://books.example.com/callback/", ["E011"]),
    ],
)
def test_on_a_development_machine_plain_http_comes_back_to_the_machine_itself_only(
    load: Load, uri: str, expected: list[str]
) -> None:
    assert ids(problems_of(load({"TIEOUT_QUICKBOOKS_REDIRECT_URI": uri}))) == expected


def test_a_rehearsal_uses_one_address_for_everything(load: Load) -> None:
    settings = load(REHEARSAL | {"TIEOUT_REHEARSAL_URL": "http://127.0.0.1:8765/"})

    assert problems_of(settings) == []
    assert settings.TIEOUT_QUICKBOOKS_API_URL == "http://127.0.0.1:8765"
    assert settings.TIEOUT_QUICKBOOKS_TOKEN_URL == "http://127.0.0.1:8765/oauth2/v1/tokens/bearer"


@pytest.mark.parametrize(
    ("environment", "host"),
    [("production", "quickbooks.api.intuit.com"), ("sandbox", "sandbox-quickbooks.api.intuit.com")],
)
def test_live_and_sandbox_companies_answer_at_addresses_of_their_own(load: Load, environment: str, host: str) -> None:
    settings = load({"TIEOUT_QUICKBOOKS_ENVIRONMENT": environment})

    assert f"https://{host}" == settings.TIEOUT_QUICKBOOKS_API_URL


def test_sqlite_waits_for_its_turn_instead_of_failing_in_the_middle(load: Load) -> None:
    options = load({}).DATABASES["default"]["OPTIONS"]

    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=NORMAL" in options["init_command"]


def test_the_first_encryption_key_comes_first(load: Load) -> None:
    older = Fernet.generate_key().decode()

    assert [A_KEY, older] == load({"TIEOUT_ENCRYPTION_KEYS": f" {A_KEY} ,{older}, "}).TIEOUT_ENCRYPTION_KEYS


def test_tokens_stay_out_of_the_log_at_every_level(load: Load) -> None:
    loggers = load({"TIEOUT_LOG_LEVEL": "DEBUG"}).LOGGING["loggers"]

    assert loggers["requests_oauthlib"]["level"] == loggers["oauthlib"]["level"] == "INFO"


def test_an_env_file_fills_in_what_the_environment_leaves_open(load: Load, tmp_path: Path) -> None:
    file = tmp_path / "settings.env"
    file.write_text("TIEOUT_SESSION_HOURS=3\nTIEOUT_LOG_LEVEL=ERROR\n# TIEOUT_DEBUG=on\n")

    settings = load({"TIEOUT_ENV_FILE": str(file), "TIEOUT_LOG_LEVEL": "WARNING"})

    assert settings.SESSION_COOKIE_AGE == 3 * 3600
    assert settings.TIEOUT_LOG_LEVEL == "WARNING"


def test_a_password_that_is_not_written_for_an_address_is_told_how_to_be(load: Load) -> None:
    (problem,) = problems_of(load(GOOD_PRODUCTION | {"DATABASE_URL": "postgres://u:pa#s/s@db:5432/tieout"}))

    assert "%23 for #" in str(problem.hint)
    assert "pa#s" not in str(problem)


@pytest.mark.parametrize("name", ["books.example.com", ".example.com", "10.0.0.4", "[::1]", "books_2.local"])
def test_a_host_may_be_a_name_or_an_address(load: Load, name: str) -> None:
    assert not problems_of(load(GOOD_PRODUCTION | {"TIEOUT_ALLOWED_HOSTS": name}))


def test_a_secret_may_begin_with_a_dollar_sign() -> None:
    environment = Environment({"SECRET": "$ecret", "ecret": "another"})

    assert environment.text("SECRET", "") == "$ecret"


def test_a_socket_folder_may_stand_in_a_database_address() -> None:
    environment = Environment({"DATABASE_URL": "postgres://u@%2Fvar%2Frun%2Fpostgresql/tieout"})

    assert environment.database("DATABASE_URL", "sqlite://")["HOST"] == "/var/run/postgresql"


def test_every_setting_and_every_check_has_its_paragraph(load: Load) -> None:
    page = PAGE.read_text()
    checks = {expected for _, _, expected in FAULTS}

    missing = [name for name in load({}).TIEOUT_VARIABLES if f"`{name}`" not in page]
    missing += [check for check in checks if f"`tieout.{check}`" not in page]
    assert not missing, f"write a paragraph into {PAGE} for: {missing}"


def test_the_page_describes_no_setting_that_is_gone(load: Load) -> None:
    described = set(re.findall(r"`(TIEOUT_[A-Z_]+|DATABASE_URL)`", PAGE.read_text()))
    described -= {"TIEOUT_ENV_FILE", "TIEOUT_TEST_DATABASE", "TIEOUT_CHROMIUM"}

    assert described == set(load({}).TIEOUT_VARIABLES)
