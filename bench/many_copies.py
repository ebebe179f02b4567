"""How do the demo's rows become a million? Copied in the database, each table in one statement."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models, transaction

from companies.models import Company
from mapping.models import (
    Product,
    QuickBooksAccount,
    QuickBooksCustomer,
    QuickBooksItem,
    SourceCustomer,
    touch_products,
)
from sync.models import (
    Document,
    DocumentBody,
    DocumentProblem,
    OrderEvent,
    OrderVersion,
    Push,
    PushExchange,
    Run,
    StagedOrder,
    touch_everything,
)
from sync.signals import problems_changed

CUSTOMERS, PRODUCTS, ACCOUNTS, RUNS = 100_000, 10_000, 5_000, 2_000
#: The years that the books go back.
_DAYS = 3 * 365
#: What is not settled is in the last of so many parts of the time.
_RECENT = 20
_COPIED = (StagedOrder, OrderVersion, OrderEvent, Document, DocumentBody, DocumentProblem, Push, PushExchange)

_GIVEN = (
    "Aaliyah", "Aiko", "Amara", "Anders", "Beatriz", "Ben", "Bridget", "Camille", "Chidi", "Cosima", "Declan",
    "Delphine", "Dmitri", "Eleni", "Elias", "Fatima", "Fern", "Giulia", "Graham", "Gwendolyn", "Hana", "Harriet",
    "Hiroshi", "Ibrahim", "Imogen", "Ingrid", "Joaquín", "Josephine", "Kwame", "Leila", "Lucía", "Malik", "Marcus",
    "Marguerite", "Maya", "Nils", "Noor", "Odette", "Owen", "Piper", "Priya", "Quentin", "Rafael", "Ravi", "Rosalind",
    "Ruth", "Saoirse", "Søren", "Sunita", "Tess", "Tobias", "Tomasz", "Valentina", "Wendell", "Xavier", "Yusuf",
    "Zoë", "Zuri",
)  # fmt: skip
_FAMILY = (
    "Abernathy", "Abramowitz", "Asante", "Ashworth", "Bergström", "Brandt", "Carmichael", "Carvalho", "Demir",
    "Dufrêne", "D'Angelo", "Engel", "Fairbanks", "Farrow", "Fenwick", "Gallagher", "Haddad", "Hartwell", "Herrera",
    "Holm-Nielsen", "Ibarra", "Johnson", "Kobayashi", "Kranz", "Krishnamurthy", "Lindqvist", "Mbeki", "McAllister",
    "Natarajan", "O'Connell", "O'Rourke", "Okafor", "Oyelaran", "Papadakis", "Peñalosa", "Pritchard", "Quimby", "Rao",
    "Rossi", "Sallow", "Svensdottir", "Tanabe", "Tillery", "Vandermeer", "Whitlock", "Wiśniewski", "Yılmaz",
    "Zielinski",
)  # fmt: skip
_INITIALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

#: Of a person with the number {p}: no two have one name.
_NAME = (
    f"(%(given)s::text[])[1 + {{p}} %% {len(_GIVEN)}] || ' ' "
    f"|| upper(substr('{_INITIALS}', 1 + ({{p}} / {len(_GIVEN) * len(_FAMILY)}) %% 26, 1)) || '. ' "
    f"|| (%(family)s::text[])[1 + ({{p}} / {len(_GIVEN)}) %% {len(_FAMILY)}] "
    f"|| CASE WHEN {{p}} / {len(_GIVEN) * len(_FAMILY) * 26} > 0 THEN ' II' ELSE '' END"
)
_NAMES = {"given": list(_GIVEN), "family": list(_FAMILY)}


def copy_lists(company: Company, *, customers: int = CUSTOMERS, products: int = PRODUCTS) -> None:
    """QuickBooks' lists and what is mapped to them: most products by a name that an item has."""
    name, email = _NAME.format(p="n.i"), "'customer' || n.i || '@example.com'"
    people = {"email": email, "email_compared": email}
    _copies(
        QuickBooksCustomer.objects.filter(company=company, active=True, merged_into="").earliest("pk"),
        customers,
        **people, quickbooks_id="(1000000 + n.i)::text", display_name=name, name_compared=f"lower({name})",
    )  # fmt: skip
    # The company as well: the index begins with it
    of_company = "company_id = p.company_id AND quickbooks_id = (1000000 + n.i)::text"
    linked = f"(SELECT min(id) FROM {QuickBooksCustomer._meta.db_table} WHERE {of_company})"
    _copies(
        SourceCustomer.objects.filter(company=company, system="keap").earliest("pk"),
        customers,
        **people, source_key="(1000000 + n.i)::text", name=name, name_compared=f"lower({name})",
        email_given="''", name_given="''",
        quickbooks_customer_id=f"CASE WHEN n.i %% 10 = 0 THEN {linked} END",
    )  # fmt: skip
    item = "'Glaze ' || (1000 + n.i) || CASE WHEN n.i %% 3 = 0 THEN ' Workshop' ELSE ' Kit' END"
    sku = "'GL-' || (10000 + n.i)"
    _copies(
        QuickBooksItem.objects.filter(company=company, active=True).earliest("pk"),
        products,
        quickbooks_id="(1000000 + n.i)::text", name=item, full_name=item, sku=sku, sku_compared=f"lower({sku})",
    )  # fmt: skip
    _copies(
        Product.objects.filter(company=company, system="keap").earliest("pk"),
        products,
        source_key="(1000000 + n.i)::text", name=item, sku=f"CASE WHEN n.i %% 3 = 0 THEN {sku} ELSE '' END",
        quickbooks_account_name="''",
        quickbooks_product_name=f"CASE WHEN n.i %% 3 = 0 OR n.i %% 1000 = 1 THEN '' ELSE {item} END",
    )  # fmt: skip
    account = "'Sales:Region ' || (n.i / 50) || ':Class ' || n.i"
    _copies(
        QuickBooksAccount.objects.filter(company=company, account_type="Income").earliest("pk"),
        ACCOUNTS,
        quickbooks_id="(1000000 + n.i)::text", name="'Class ' || n.i", full_name=account,
    )  # fmt: skip
    started = f"now() - (n.i * interval '{_DAYS} days' / {RUNS})"
    _copies(
        Run.objects.filter(company=company, kind="sync").latest("pk"), RUNS, started_at=started, finished_at=started
    )


def _copies(pattern: models.Model, number: int, **columns: str) -> None:
    """Copy a row so many times; `n.i` counts them."""
    with connection.cursor() as cursor:
        source = f"{pattern._meta.db_table} AS p, generate_series(1, {number}) AS n(i) WHERE p.id = {pattern.pk}"
        cursor.execute(_insert(type(pattern), {"id": None, **columns}, source), _NAMES)


def _insert(model: type[models.Model], columns: dict[str, str | None], source: str) -> str:
    """Copy rows of a table into it; a column whose value is None is left to the table."""
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    names = [str(field.column) for field in fields if columns.get(str(field.column), "") is not None]
    values = ", ".join(columns.get(name) or f'p."{name}"' for name in names)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {model._meta.db_table} ({quoted}) SELECT {values} FROM {source}"


# Orders and all that came of them ------------------------------------------------------------------------------------


def copy_orders(company: Company, size: int) -> None:
    """Copy all orders until there are so many documents."""
    documents = Document.objects.filter(company=company)
    times, stride = round(size / documents.count()), 1 + max(model.objects.latest("pk").pk for model in _COPIED)
    with transaction.atomic(), connection.cursor() as cursor, _without_indexes():
        cursor.execute(_PATTERNS, {"company": company.pk})
        cursor.execute("ANALYZE bench_pattern")
        for model, columns, joined in _tables(times, stride):
            cursor.execute(_insert(model, columns, joined), _NAMES)
        _leave_some_ready(documents, times * stride, size)
    _count_on()


#: One row for each order of the demo: its place among them, the place of its customer, whether all of it was posted.
_PATTERNS = """
    CREATE TEMPORARY TABLE bench_pattern ON COMMIT DROP AS
    SELECT o.id, o.number, o.source_id, o.placed_on, s.system,
        row_number() OVER (ORDER BY o.placed_on, o.id) - 1 AS place, count(*) OVER () AS orders,
        dense_rank() OVER (ORDER BY s.system, o.customer_key) - 1 AS person,
        NOT EXISTS (SELECT 1 FROM sync_document d WHERE d.order_id = o.id AND d.state <> 'posted') AS settled
    FROM sync_stagedorder o JOIN sync_connection s ON s.id = o.connection_id WHERE o.company_id = %(company)s
"""


def _tables(times: int, stride: int) -> Iterator[tuple[type[models.Model], dict[str, str | None], str]]:
    """The tables with what differs in their copies, and what they are copied from."""
    day = f"(current_date - {_DAYS} + (((n.i - 1) * o.orders + o.place) * {_DAYS} / ({times} * o.orders))::int)"
    moment = f"LEAST(now(), {day} + time '17:00' + o.place * interval '1 minute')"
    person = f"(((n.i - 1) * (SELECT max(person) + 1 FROM bench_pattern) + o.person) %% {CUSTOMERS} + 1)::int"
    is_new = f"(n.i - 1) * (SELECT max(person) + 1 FROM bench_pattern) + o.person < {CUSTOMERS}"
    number = f"CASE o.system WHEN 'files' THEN 'M-' ELSE '' END || (100000 + o.id + n.i * {stride})"
    name, worth = _NAME.format(p=person), "round(p.total * (0.5 + (n.i * 7919 + o.place * 31) %% 1000 / 1000.0), 2)"
    source_id = "o.source_id || '.' || n.i"
    own: dict[str, str | None] = {"id": f"p.id + n.i * {stride}"}
    times_of = f"generate_series(1, {times}) AS n(i)"
    of_order = (
        f"JOIN bench_pattern AS o ON o.id = {{order}} CROSS JOIN {times_of} "
        f"WHERE (o.settled OR n.i > {times - max(times // _RECENT, 1)})"
    )
    order = f"p.order_id + n.i * {stride}"
    yield StagedOrder, {
        **own, "number": number, "source_id": source_id, "placed_on": day, "customer_name": name,
        "customer_key": f"(1000000 + {person})::text", "total": worth, "staged_at": moment,
    }, f"sync_stagedorder AS p {of_order.format(order='p.id')}"  # fmt: skip
    yield OrderVersion, {
        **own, "order_id": order, "payload": "left(p.payload, 1000)", "staged_at": moment,
    }, f"sync_orderversion AS p {of_order.format(order='p.order_id')}"  # fmt: skip
    yield (
        OrderEvent,
        {**own, "order_id": order, "at": moment},
        (f"sync_orderevent AS p {of_order.format(order='p.order_id')}"),
    )
    kept = f"(d.kind <> 'customer' OR {is_new})"
    yield Document, {
        **own, "order_id": order, "number": f"replace(p.number, o.number, {number})", "customer_name": name,
        "key": f"CASE p.kind WHEN 'customer' THEN o.system || ':customer:' || (1000000 + {person}) "
               f"ELSE replace(p.key, ':' || o.source_id || ':', ':' || {source_id} || ':') END",
        "dated": f"LEAST(current_date, {day} + LEAST(p.dated - o.placed_on, 30))", "total": worth,
        "depends_on_id": f"CASE WHEN {is_new} OR EXISTS (SELECT 1 FROM sync_document c WHERE c.id = p.depends_on_id "
                         f"AND c.kind <> 'customer') THEN p.depends_on_id + n.i * {stride} END",
        "quickbooks_id": f"CASE WHEN p.quickbooks_id = '' THEN '' ELSE (p.id + n.i * {stride})::text END",
        "posted_at": f"CASE WHEN p.posted_at IS NOT NULL THEN {moment} END", "created_at": moment,
        "changed_at": moment,
    }, f"sync_document AS p {of_order.format(order='p.order_id')} AND {kept.replace('d.', 'p.')}"  # fmt: skip
    of_document = f"JOIN sync_document AS d ON d.id = {{document}} {of_order.format(order='d.order_id')} AND {kept}"
    document = f"p.document_id + n.i * {stride}"
    joined = of_document.format(document="p.document_id")
    yield DocumentBody, {"document_id": document}, f"sync_documentbody AS p {joined}"
    yield DocumentProblem, {**own, "document_id": document, "found_at": moment}, f"sync_documentproblem AS p {joined}"
    yield Push, {
        **own, "document_id": document, "request_id": "md5(p.request_id || '.' || n.i)::uuid::text",
        "body": "substring(p.body from 1 for 1000)", "created_at": moment, "first_sent_at": moment,
        "last_sent_at": moment, "settled_at": moment,
    }, f"sync_push AS p {joined}"  # fmt: skip
    of_push = f"JOIN sync_push AS u ON u.id = p.push_id {of_document.format(document='u.document_id')}"
    yield PushExchange, {
        **own, "push_id": f"p.push_id + n.i * {stride}", "reply": "left(p.reply, 1000)", "sent_at": moment,
    }, f"sync_pushexchange AS p {of_push}"  # fmt: skip


def _leave_some_ready(documents: models.QuerySet[Document], largest: int, size: int) -> None:
    """One in five hundred, of the newest payments, was prepared and not yet sent."""
    newest = documents.filter(kind="payment", state="posted", pk__lte=largest + Document.objects.count())
    ready = list(newest.order_by("-pk").values_list("pk", flat=True)[: max(size // 500, 1)])
    PushExchange.objects.filter(push__document__in=ready).delete()
    Push.objects.filter(document__in=ready).delete()
    documents.filter(pk__in=ready, dependants=None).update(state="ready", quickbooks_id="", posted_at=None)


@contextmanager
def _without_indexes() -> Iterator[None]:
    """Drop what only makes reading faster, and build it again afterwards; foreign keys are not checked meanwhile."""
    tables = [model._meta.db_table for model in _COPIED]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexdef NOT LIKE '%%UNIQUE%%'",
            [tables],
        )
        indexes = cursor.fetchall()
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        for _, definition in indexes:
            cursor.execute(definition)


def _count_on() -> None:
    """New rows get numbers behind those of the copies."""
    with connection.cursor() as cursor:
        models_with_copies: list[type[models.Model]] = [*_COPIED, *apps.get_app_config("mapping").get_models()]
        for model in models_with_copies:
            key = model._meta.pk
            if key.get_internal_type() == "BigAutoField":
                table = model._meta.db_table
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('{table}', '{key.column}'), max({key.column})) FROM {table}"
                )


#: What `sync.models.remember_names` would write.
_NAMES_BORNE = """
    INSERT INTO sync_customername (company_id, name, compared)
    SELECT company_id, customer_name, lower(customer_name) FROM {table} WHERE customer_name <> '' GROUP BY 1, 2, 3
    ON CONFLICT DO NOTHING
"""


def finish(company: Company) -> None:
    """List the names, count the issues, and let the database learn what it has."""
    with connection.cursor() as cursor:
        for table in (Document._meta.db_table, StagedOrder._meta.db_table):
            cursor.execute(_NAMES_BORNE.format(table=table))
    touch_everything(company)
    touch_products([(company.pk, None)])
    problems_changed.send(sender=Company, company=company)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
