"""One renews the login while the others wait; what is stored is encrypted; what is logged holds no token."""

from __future__ import annotations

import json
import logging
import threading
from datetime import timedelta
from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connections, transaction
from django.utils import timezone
from pytest_django import Settings

from books.outcomes import Accepted, TryLater
from companies.models import Company
from simulators.quickbooks.server import Running
from sync.login_lease import lease
from sync.models import Connection, ConnectionState
from sync.quickbooks_online import connecting
from sync.quickbooks_online.destination import open_destination
from sync.quickbooks_online.login import ConnectionLogin, read_secret
from sync.secrets import SecretUnreadable, decrypt, encrypt, rotate
from tests.quickbooks_online.rehearsal import QUICK, a_company, a_new_customer, control

OTHER_KEY = Fernet.generate_key().decode()


def renewals(quickbooks: Running) -> int:
    """How often the first login was renewed: each renewal supersedes a refresh token."""
    return len(quickbooks.company.logins.first.former_refresh_tokens)


def kept(connection: Connection) -> dict[str, str]:
    connection.refresh_from_db()
    told: dict[str, str] = json.loads(decrypt(connection.secret))
    return told


def about_to_expire(connection: Connection) -> None:
    Connection.objects.filter(pk=connection.pk).update(access_expires_at=timezone.now() + timedelta(seconds=30))


@pytest.mark.django_db
def test_what_is_stored_holds_no_token_that_can_be_read(quickbooks: Running, connection: Connection) -> None:
    ready = quickbooks.ready()

    assert ready["access_token"] not in connection.secret
    assert ready["refresh_token"] not in connection.secret
    assert kept(connection)["access_token"] == ready["access_token"]


@pytest.mark.django_db
def test_a_token_that_is_good_for_a_while_is_used_as_it_is(quickbooks: Running, connection: Connection) -> None:
    assert ConnectionLogin(connection).access_token() == quickbooks.ready()["access_token"]
    assert renewals(quickbooks) == 0


@pytest.mark.django_db
def test_a_token_about_to_expire_is_renewed_first_and_the_new_pair_is_stored(
    quickbooks: Running, connection: Connection
) -> None:
    old = kept(connection)
    about_to_expire(connection)

    token = ConnectionLogin(connection).access_token()

    new = kept(connection)
    assert token == new["access_token"] != old["access_token"]
    assert new["previous_refresh_token"] == old["refresh_token"] != new["refresh_token"]
    assert connection.access_expires_at
    assert connection.access_expires_at > timezone.now() + timedelta(minutes=50)
    assert connection.refresh_expires_at
    assert connection.refresh_expires_at > timezone.now() + timedelta(days=99)
    assert (connection.refreshing_by, connection.refreshing_until) == ("", None)


@pytest.mark.django_db(transaction=True)
def test_many_threads_with_an_expired_login_renew_it_once(quickbooks: Running, connection: Connection) -> None:
    stale = kept(connection)["access_token"]
    control(quickbooks, "options", {"refresh_reuse_revokes": True})
    got: list[str | TryLater] = []

    def renew() -> None:
        try:
            got.append(ConnectionLogin(connection).renewed(stale))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=renew) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert got == [kept(connection)["access_token"]] * 8
    assert renewals(quickbooks) == 1


@pytest.mark.django_db
def test_who_finds_the_login_renewed_by_someone_else_uses_that(quickbooks: Running, connection: Connection) -> None:
    slow, quick = ConnectionLogin(connection), ConnectionLogin(connection)
    stale = slow.access_token()
    assert isinstance(stale, str)

    fresh = quick.renewed(stale)

    assert slow.renewed(stale) == fresh
    assert renewals(quickbooks) == 1


@pytest.mark.django_db
def test_the_lease_of_a_process_that_died_is_taken_over(quickbooks: Running, connection: Connection) -> None:
    Connection.objects.update(refreshing_by="the-dead", refreshing_until=timezone.now() - timedelta(seconds=1))
    about_to_expire(connection)

    assert isinstance(ConnectionLogin(connection).access_token(), str)


@pytest.mark.django_db
def test_an_answer_that_never_arrived_is_made_good_with_the_token_before(
    quickbooks: Running, connection: Connection
) -> None:
    facts = kept(connection)
    facts |= {"previous_refresh_token": facts["refresh_token"], "refresh_token": "RT1-lost-on-the-way"}
    Connection.objects.update(secret=encrypt(json.dumps(facts)))
    about_to_expire(connection)

    assert isinstance(ConnectionLogin(connection).access_token(), str)
    assert kept(connection)["refresh_token"].startswith("RT1-")


@pytest.mark.django_db
def test_a_login_that_has_ended_needs_attention_in_words(quickbooks: Running, connection: Connection) -> None:
    control(quickbooks, "revoke")
    about_to_expire(connection)

    outcome = ConnectionLogin(connection).access_token()

    assert isinstance(outcome, TryLater)
    assert outcome.needs_login
    connection.refresh_from_db()
    assert (connection.state, connection.last_error) == (ConnectionState.NEEDS_ATTENTION, outcome.reason)
    assert "Press QB Connect" in outcome.reason


@pytest.mark.django_db
def test_a_login_server_that_is_away_ends_nothing(quickbooks: Running, connection: Connection) -> None:
    about_to_expire(connection)
    secret = connection.secret
    quickbooks.stop()

    outcome = ConnectionLogin(connection).access_token()

    assert isinstance(outcome, TryLater)
    assert not outcome.needs_login
    connection.refresh_from_db()
    assert (connection.state, connection.secret) == (ConnectionState.CONNECTING, secret)


@pytest.mark.django_db
def test_wrong_keys_say_whom_to_ask_and_name_no_setting(quickbooks: Running, connection: Connection) -> None:
    quickbooks.company.logins.client_secret = "another"
    about_to_expire(connection)

    outcome = ConnectionLogin(connection).access_token()

    assert isinstance(outcome, TryLater)
    assert "ask the person who runs this server to correct the keys" in outcome.reason
    assert "TIEOUT_" not in outcome.reason


@pytest.mark.django_db
def test_a_secret_copied_to_another_company_opens_nothing(quickbooks: Running, connection: Connection) -> None:
    thief = Connection.objects.create(
        company=a_company("Thief", "thief"),
        system="quickbooks-online",
        state=ConnectionState.CONNECTED,
        external_id="9999",
        secret=connection.secret,
    )

    with pytest.raises(SecretUnreadable):
        read_secret(thief)
    assert isinstance(ConnectionLogin(thief).access_token(), TryLater)
    thief.refresh_from_db()
    assert thief.state == ConnectionState.NEEDS_ATTENTION


@pytest.mark.django_db
def test_a_lost_key_is_said_and_not_guessed(connection: Connection, settings: Settings) -> None:
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY]

    outcome = ConnectionLogin(connection).access_token()

    assert isinstance(outcome, TryLater)
    assert "the encryption key of this installation was changed" in outcome.reason
    assert "TIEOUT_" not in outcome.reason
    connection.refresh_from_db()
    assert connection.secret


@pytest.mark.django_db(transaction=True)
def test_a_login_is_never_renewed_inside_a_transaction(quickbooks: Running, connection: Connection) -> None:
    about_to_expire(connection)

    with transaction.atomic(), pytest.raises(RuntimeError):
        ConnectionLogin(connection).access_token()

    assert renewals(quickbooks) == 0


# Keys -----------------------------------------------------------------------------------------------------------------


def test_any_key_reads_and_the_first_one_writes(settings: Settings) -> None:
    (old,) = settings.TIEOUT_ENCRYPTION_KEYS
    secret = encrypt("hush")
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY, old]

    assert decrypt(secret) == "hush"
    moved = rotate(secret)
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY]

    assert decrypt(moved) == "hush"
    with pytest.raises(SecretUnreadable, match="TIEOUT_ENCRYPTION_KEYS"):
        decrypt(secret)
    with pytest.raises(SecretUnreadable):
        rotate(secret)


def test_a_secret_that_someone_changed_is_not_read() -> None:
    secret = encrypt("hush")

    with pytest.raises(SecretUnreadable):
        decrypt(secret[:-4] + "AAAA")


@pytest.mark.django_db
def test_rotating_the_key_rewrites_every_login(quickbooks: Running, connection: Connection, settings: Settings) -> None:
    Connection.objects.create(company=a_company("Other", "other"), system="quickbooks-online")
    (old,) = settings.TIEOUT_ENCRYPTION_KEYS
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY, old]
    said = StringIO()

    call_command("rotate_keys", stdout=said)

    assert said.getvalue().startswith("1 login is now under the first key")
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY]
    connection.refresh_from_db()
    assert ConnectionLogin(connection).access_token() == quickbooks.ready()["access_token"]


@pytest.mark.django_db
def test_rotating_without_the_old_key_says_so_and_changes_nothing(connection: Connection, settings: Settings) -> None:
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY]

    with pytest.raises(CommandError, match="cannot be decrypted") as stopped:
        call_command("rotate_keys")

    assert stopped.value.returncode == 2
    before = connection.secret
    connection.refresh_from_db()
    assert connection.secret == before


@pytest.mark.django_db(transaction=True)
def test_rotating_waits_for_a_renewal_that_is_under_way(
    quickbooks: Running, connection: Connection, settings: Settings
) -> None:
    (old,) = settings.TIEOUT_ENCRYPTION_KEYS
    settings.TIEOUT_ENCRYPTION_KEYS = [OTHER_KEY, old]
    begun = threading.Event()

    def rotate_now() -> None:
        try:
            begun.set()
            call_command("rotate_keys", stdout=StringIO())
        finally:
            connections.close_all()

    with lease(connection.pk) as row:
        thread = threading.Thread(target=rotate_now)
        thread.start()
        begun.wait(60)
        Connection.objects.filter(pk=row.pk).update(secret=encrypt('{"written": "while the lease was held"}'))
    thread.join()

    assert kept(connection) == {"written": "while the lease was held"}


# Logs -----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_token_is_ever_logged(company: Company, quickbooks: Running, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    ready = quickbooks.ready()
    connection = connecting.connect_rehearsal(company, ready)
    control(quickbooks, "expire-tokens")

    with open_destination(connection, timeouts=QUICK) as destination:
        body = destination.render(a_new_customer(), ids={})
        assert isinstance(destination.send("customer", body, request_id="request-1"), Accepted)
    tokens = {kept(connection)[name] for name in ("access_token", "refresh_token", "previous_refresh_token")}
    tokens |= {ready[name] for name in ("access_token", "refresh_token", "client_secret")}
    connecting.disconnect(connection)

    assert "renewed the login" in caplog.text
    assert len(tokens) == 5
    assert [token for token in tokens if token in caplog.text or token[:20] in caplog.text] == []
    assert "Bearer" not in caplog.text
