"""Drives a rehearsal company from the outside: plain HTTP, exact decimals, Intuit's fault shape read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
import requests
import simplejson

from simulators.quickbooks.server import Running


class Refusal(AssertionError):
    """The company answered with a fault."""

    def __init__(self, status: int, fault: Any) -> None:
        super().__init__(f"{status} {fault}")
        self.status = status
        self.kind = fault["type"]
        self.error = fault["Error"][0]
        self.code = self.error.get("code")
        self.detail = self.error.get("Detail", "")


def refused(code: str) -> pytest.RaisesExc[Refusal]:
    """What the next write must be refused with."""
    return pytest.raises(Refusal, match=f"'code': '{code}'")


class Books:
    """One login to one company."""

    def __init__(self, running: Running) -> None:
        self.running = running
        self.url = running.api_url
        self.session = requests.Session()
        self.session.trust_env = False  # looking for proxies and passwords at each request takes longer than the answer
        self.session.headers["Accept"] = "application/json"
        self.sign_in(running.ready()["access_token"])

    def sign_in(self, token: str) -> None:
        self.session.headers["Authorization"] = f"Bearer {token}"

    def close(self) -> None:
        self.session.close()

    def send(self, method: str, path: str, **how: Any) -> requests.Response:
        body = how.pop("body", None)
        if body is not None:
            how["data"] = simplejson.dumps(body, use_decimal=True)
            how["headers"] = {"Content-Type": "application/json", **how.get("headers", {})}
        return self.session.request(method, f"{self.url}/{path}", timeout=30, **how)

    def ask(self, method: str, path: str, **how: Any) -> Any:
        return told(self.send(method, path, **how))

    def write(self, entity: str, body: Any, **params: str) -> Any:
        return self.ask("POST", entity.lower(), body=body, params=params)[entity]

    def read(self, entity: str, identifier: str) -> Any:
        return self.ask("GET", f"{entity.lower()}/{identifier}")[entity]

    def change(self, entity: str, record: Any, **fields: Any) -> Any:
        """A sparse update on the present token."""
        return self.write(entity, {"Id": record["Id"], "SyncToken": record["SyncToken"], "sparse": True, **fields})

    def delete(self, entity: str, record: Any) -> Any:
        return self.write(entity, {"Id": record["Id"], "SyncToken": record["SyncToken"]}, operation="delete")

    def query(self, text: str) -> Any:
        return self.ask("POST", "query", data=text.encode(), headers={"Content-Type": "application/text"})[
            "QueryResponse"
        ]

    def find(self, entity: str, where: str) -> Any:
        """The one record that a query finds."""
        (found,) = self.query(f"select * from {entity} where {where}")[entity]
        return found

    def count(self, entity: str) -> int:
        active = " where Active in (true, false)" if entity in ("Customer", "Account", "Item") else ""
        return int(self.query(f"select count(*) from {entity}{active}")["totalCount"])

    def control(self, path: str, body: Any = None, method: str = "POST") -> Any:
        answer = self.session.request(method, f"{self.running.base_url}/control/{path}", json=body, timeout=30)
        assert answer.status_code == 200, answer.text
        return simplejson.loads(answer.text, use_decimal=True)

    def ledger(self) -> dict[str, Decimal]:
        """Each account's balance by its path; debit positive, zero left out."""
        told_ledger = self.control("ledger", method="GET")
        assert told_ledger["total"] == "0.00"
        rows = {row["account"]: Decimal(row["balance"]) for row in told_ledger["accounts"]}
        return {account: balance for account, balance in rows.items() if balance}

    # Believable bodies

    def customer(self, name: str = "Marlow Teague", **fields: Any) -> Any:
        return self.write("Customer", {"DisplayName": name, **fields})

    def invoice(self, *amounts: str, customer: str = "6", item: str = "1", **fields: Any) -> Any:
        return self.write("Invoice", an_invoice(*amounts, customer=customer, item=item, **fields))

    def payment(self, total: str, *applied: tuple[Any, str], customer: str = "6", **fields: Any) -> Any:
        return self.write("Payment", a_payment(total, *applied, customer=customer, **fields))


def told(answer: requests.Response) -> Any:
    body = simplejson.loads(answer.text, use_decimal=True)
    if "Fault" in body:
        raise Refusal(answer.status_code, body["Fault"])
    assert answer.status_code == 200, answer.text
    return body


def a_line(amount: str, *, item: str = "1", **detail: Any) -> dict[str, Any]:
    return {
        "Amount": Decimal(amount),
        "DetailType": "SalesItemLineDetail",
        "SalesItemLineDetail": {"ItemRef": {"value": item}, **detail},
    }


def an_invoice(*amounts: str, customer: str = "6", item: str = "1", **fields: Any) -> dict[str, Any]:
    lines = [a_line(amount, item=item) for amount in amounts]
    return {"CustomerRef": {"value": customer}, "Line": lines, **fields}


def a_payment(total: str, *applied: tuple[Any, str], customer: str = "6", **fields: Any) -> dict[str, Any]:
    lines = [
        {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": document["Id"], "TxnType": kind_of(document)}]}
        for document, amount in applied
    ]
    return {"CustomerRef": {"value": customer}, "TotalAmt": Decimal(total), "Line": lines, **fields}


def kind_of(document: Any) -> str:
    return "CreditMemo" if "RemainingCredit" in document else "Invoice"
