"""Uploads to the real server over a real connection: cut in the middle, chunked, and used again."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx

from tests.senders.conftest import DOCUMENTS, ContentType
from tests.servers import Customer, RunningServer

PDF = DOCUMENTS[ContentType.PDF]
UPLOAD = "... on SenderDocumentUpload { url }"
KEPT = "query($id: ID!) { sender(id: $id) { documents { kind sizeBytes } } }"


def test_what_the_wire_does_to_uploads(running_server: RunningServer) -> None:
    customer = running_server.customer()
    created = customer.do(
        "createSender", {"name": "Marigold", "countries": ["CH"]}, "... on SenderCreated { sender { id } }"
    )
    sender_id = created["sender"]["id"]
    _cut_in_the_middle(running_server.origin, _link(customer, sender_id))
    chunked = running_server.client.put(
        _link(customer, sender_id), content=_in_chunks(), headers={"content-type": "application/pdf"}
    )
    assert (chunked.status_code, chunked.json()["code"]) == (411, "UPLOAD_LENGTH_MISSING")
    assert customer.ask(KEPT, {"id": sender_id})["sender"]["documents"] == []
    link = _link(customer, sender_id)
    stored = running_server.client.put(link, content=PDF, headers={"content-type": "application/pdf"})
    assert stored.status_code == 201
    again: httpx.Response = running_server.client.put(
        link, content=PDF, headers={"content-type": "application/pdf"}
    )
    assert (again.status_code, again.json()["code"]) == (410, "LINK_USED")
    kept = customer.ask(KEPT, {"id": sender_id})["sender"]["documents"]
    assert kept == [{"kind": "IDENTITY", "sizeBytes": len(PDF)}]


def _link(customer: Customer, sender_id: str) -> str:
    wanted = {"senderId": sender_id, "kind": "IDENTITY", "contentType": "PDF", "sizeBytes": len(PDF)}
    return str(customer.do("requestSenderDocumentUpload", wanted, UPLOAD)["url"])


def _cut_in_the_middle(origin: str, path: str) -> None:
    url = urlsplit(origin)
    head = (
        f"PUT {path} HTTP/1.1\r\nHost: {url.netloc}\r\nContent-Type: application/pdf\r\n"
        f"Content-Length: {len(PDF)}\r\n\r\n"
    )
    assert url.hostname is not None
    with socket.create_connection((url.hostname, url.port or 80), timeout=30) as connection:
        connection.sendall(head.encode() + PDF[: len(PDF) // 2])


def _in_chunks() -> Iterator[bytes]:
    yield PDF[:10]
    yield PDF[10:]
