"""Do attachments, PDFs, sent forms, XML answers and ID tokens work as Intuit's do?"""

from __future__ import annotations

import base64
import http.client
import socket
from typing import Any
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
import requests
import simplejson
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.simulators.driver import Books, refused

NS = "{http://schema.intuit.com/finance/v3}"


def upload(books: Books, metadata: str | None, content: bytes = b"%PDF-hello") -> Any:
    files = {"file_content_01": ("receipt.pdf", content, "application/pdf")}
    if metadata is not None:
        files["file_metadata_01"] = ("meta.json", metadata.encode(), "application/json")
    return books.ask("POST", "upload", files=files)["AttachableResponse"][0]


def test_a_file_is_uploaded_linked_found_and_fetched(books: Books):
    note = {"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "12"}}], "Note": "the receipt"}
    made = upload(books, simplejson.dumps(note))["Attachable"]
    assert (made["FileName"], made["ContentType"], made["Size"]) == ("receipt.pdf", "application/pdf", 10)
    assert requests.get(made["TempDownloadUri"], timeout=10).content == b"%PDF-hello"
    found = books.query("select * from Attachable where AttachableRef.EntityRef.value = '12'")["Attachable"]
    assert [attachment["Id"] for attachment in found] == [made["Id"]]
    address = books.send("GET", f"download/{made['Id']}").text
    assert requests.get(address, timeout=10).content == b"%PDF-hello"
    books.control("clock", {"seconds": 1000})
    assert requests.get(address, timeout=10).status_code == 403
    assert requests.get(address.replace("signature=", "signature=x"), timeout=10).status_code == 403
    changed = books.change("Attachable", made, Note="seen")
    assert (changed["Note"], changed["Size"]) == ("seen", 10)
    assert books.delete("Attachable", changed)["status"] == "Deleted"


def test_an_upload_may_end_its_lines_with_lf_alone(books: Books):
    content = b"one\r\ntwo\n\nthree"
    body = (
        b'--b\nContent-Disposition: form-data; name="file_metadata_01"\nContent-Type: application/json\n\n'
        b'{"Note": "plain"}\n--b\nContent-Disposition: form-data; name="file_content_01"; filename="a.txt"\n'
        b"Content-Type: text/plain\n\n" + content + b"\n--b--\n"
    )
    sent = books.send("POST", "upload", data=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    (made,) = [answer["Attachable"] for answer in sent.json()["AttachableResponse"]]
    assert (made["FileName"], made["Note"], made["Size"]) == ("a.txt", "plain", len(content))
    assert requests.get(made["TempDownloadUri"], timeout=10).content == content


def test_a_large_file_comes_back_byte_for_byte(books: Books):
    content = bytes(range(256)) * 40_000 + b"\r\n\n"
    made = upload(books, None, content)["Attachable"]
    assert made["Size"] == len(content) > 8 * 1024 * 1024
    fetched = requests.get(made["TempDownloadUri"], timeout=30)
    assert fetched.content == content


def test_an_upload_of_more_than_100_mb_is_refused(books: Books):
    address = urlsplit(f"{books.url}/upload")
    with socket.create_connection((address.hostname, address.port), timeout=10) as link:
        head = f"POST {address.path} HTTP/1.1\r\nHost: x\r\nContent-Length: {100 * 1024 * 1024 + 1}\r\n\r\n"
        link.sendall(head.encode())
        link.shutdown(socket.SHUT_WR)
        answer = http.client.HTTPResponse(link)
        answer.begin()
        assert answer.status == 413
        assert simplejson.loads(answer.read())["Fault"]["Error"][0]["code"] == "6030"


def test_an_upload_that_is_wrong_has_its_own_fault(books: Books):
    assert upload(books, "{")["Fault"]["Error"][0]["code"] == "6040"
    wrong = simplejson.dumps({"AttachableRef": [{"EntityRef": {"type": "Invoice", "value": "999"}}]})
    assert upload(books, wrong)["Fault"]["Error"][0]["code"] == "6050"
    assert books.query("select * from Attachable") == {}
    with refused("1050"):
        books.ask("POST", "upload", data=b"x", headers={"Content-Type": "text/plain"})
    with refused("6041"):
        books.ask("POST", "upload", files={"shoe": ("a", b"b")})


def test_a_note_alone_is_an_attachment_without_a_file(books: Books):
    made = books.write("Attachable", {"Note": "remember"})
    assert "TempDownloadUri" not in made
    with refused("6041"):
        books.ask("GET", f"download/{made['Id']}")
    with refused("2020"):
        books.write("Attachable", {"Category": "Image"})


@pytest.mark.parametrize("path", ["invoice/12", "payment/13"])
def test_a_form_is_printed_as_a_pdf(books: Books, path: str):
    answer = books.send("GET", f"{path}/pdf", headers={"Accept": "application/pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-1.4")
    assert answer.content.endswith(b"%%EOF\n")
    table = int(answer.content.rsplit(b"startxref\n", 1)[1].split()[0])
    assert answer.content[table:].startswith(b"xref\n")
    assert b"Bramble & Birch Studio" in answer.content


def test_only_forms_are_printed_and_sent(books: Books):
    for method, path in (("GET", "customer/1/pdf"), ("POST", "customer/1/send")):
        with refused("500"):
            books.ask(method, path)
    with refused("610"):
        books.ask("GET", "invoice/999/pdf")


def test_a_form_is_sent_to_the_address_given(books: Books):
    raw = {"headers": {"Content-Type": "application/octet-stream"}}
    with refused("6420"):
        books.ask("POST", "invoice/12/send", **raw)
    with refused("2210"):
        books.ask("POST", "invoice/12/send", params={"sendTo": "nobody"}, **raw)
    sent = books.ask("POST", "invoice/12/send", params={"sendTo": "a@example.com"}, **raw)["Invoice"]
    assert (sent["EmailStatus"], sent["BillEmail"]) == ("EmailSent", {"Address": "a@example.com"})
    assert sent["DeliveryInfo"]["DeliveryType"] == "Email"
    assert sent["SyncToken"] == "1"


def without_accept(books: Books, method: str, path: str, token: str | None = None) -> tuple[int, Any]:
    address = urlsplit(f"{books.url}/{path}")
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 0, timeout=10)
    authorization = {"Authorization": str(token or books.session.headers["Authorization"])}
    connection.request(method, address.path + (f"?{address.query}" if address.query else ""), headers=authorization)
    answer = connection.getresponse()
    assert answer.headers["Content-Type"] == "application/xml;charset=UTF-8"
    told = ElementTree.fromstring(answer.read())
    connection.close()
    return answer.status, told


def test_a_client_that_does_not_say_what_it_accepts_gets_xml(books: Books):
    status, told = without_accept(books, "GET", "invoice/12")
    assert (status, told.tag) == (200, f"{NS}IntuitResponse")
    invoice = told[0]
    assert (invoice.tag, invoice.attrib["domain"]) == (f"{NS}Invoice", "QBO")
    assert invoice.findtext(f"{NS}DocNumber") == "1012"
    customer = invoice.find(f"{NS}CustomerRef")
    assert customer is not None
    assert customer.attrib["name"] == "Umber & Ash Tableware"
    status, told = without_accept(books, "GET", "invoice/999")
    error = told.find(f"{NS}Fault/{NS}Error")
    assert status == 400
    assert error is not None
    assert (error.attrib["code"], error.findtext(f"{NS}Message")) == ("610", "Object Not Found")
    status, told = without_accept(books, "GET", "invoice/12", "Bearer x")
    error = told.find(f"{NS}Fault/{NS}Error")
    assert status == 401
    assert error is not None
    assert error.attrib["code"] == "3200"


@pytest.mark.parametrize(
    ("accepts", "form"),
    [
        ("", "xml"),
        ("*/*", "xml"),
        ("text/plain, */*;q=0.5", "xml"),
        ("application/xml", "xml"),
        ("application/json", "json"),
        ("application/json, text/plain, */*", "json"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "json"),
    ],
)
def test_a_client_that_leaves_the_form_open_gets_xml_as_from_quickbooks(books: Books, accepts: str, form: str):
    answer = books.session.get(f"{books.url}/invoice/12", headers={"Accept": accepts}, timeout=10)
    assert answer.headers["Content-Type"].startswith(f"application/{form}")


@pytest.mark.parametrize("accepts", ["", "*/*"])
def test_with_the_switch_it_gets_json(books: Books, accepts: str):
    books.control("options", {"without_accept": "json"})
    answer = books.session.get(f"{books.url}/invoice/12", headers={"Accept": accepts}, timeout=10)
    assert answer.json()["Invoice"]["Id"] == "12"


def test_who_asks_for_openid_gets_an_id_token_that_the_keys_prove(books: Books):
    ready = books.running.ready()
    asked = {
        "client_id": ready["client_id"],
        "redirect_uri": "http://localhost/back",
        "response_type": "code",
        "scope": "com.intuit.quickbooks.accounting openid",
        "state": "s",
        "decision": "allow",
    }
    back = requests.post(ready["authorize_url"], data=asked, allow_redirects=False, timeout=10).headers["Location"]
    code = parse_qs(urlsplit(back).query)["code"][0]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": asked["redirect_uri"]}
    login = (ready["client_id"], ready["client_secret"])
    told = requests.post(ready["token_url"], data=form, auth=login, timeout=10).json()
    head, claims, signed = told["id_token"].split(".")
    (key,) = requests.get(f"{books.running.base_url}/op/v1/jwks", timeout=10).json()["keys"]
    modulus, exponent = (int.from_bytes(unpacked(key[name]), "big") for name in ("n", "e"))
    public = rsa.RSAPublicNumbers(exponent, modulus).public_key()
    public.verify(unpacked(signed), f"{head}.{claims}".encode(), padding.PKCS1v15(), hashes.SHA256())
    content = simplejson.loads(unpacked(claims))
    assert (content["aud"], content["realmid"]) == ([ready["client_id"]], ready["company_id"])
    again = {"grant_type": "refresh_token", "refresh_token": told["refresh_token"]}
    assert "id_token" not in requests.post(ready["token_url"], data=again, auth=login, timeout=10).json()


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
