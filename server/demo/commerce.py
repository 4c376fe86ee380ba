"""What Lark Press settles once: who it is, its card and plan, its VAT number, its name on SMS."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from server.demo.api import Api

PATIENCE_SECONDS = 120
EMAIL = "post@larkpress.example.com"
ADDRESS = {
    "name": "Lark Press",
    "street": "Lerchenweg",
    "number": "7",
    "postalCode": "10115",
    "city": "Berlin",
    "country": "DE",
}
VAT_NUMBER = "DE111111125"  # made up; its digits add up
SENDER = "LARKPRESS"
DOCUMENT = b"%PDF-1.7\n% A made-up document of a made-up company.\n%%EOF\n"


async def introduce(owner: Api, newest_code: Callable[[], str]) -> None:
    """What a customer says of itself: whom to write to, and where."""
    await owner.do("setEmail", "SetEmailInput", {"email": EMAIL})
    await owner.do("verifyEmail", "VerifyEmailInput", {"code": newest_code()})
    await owner.do("setPostalAddress", "PostalAddressInput", ADDRESS)


async def settled(company: Api, node: dict[str, Any], kind: str, states: tuple[str, ...]) -> None:
    """The clock must not move on before a payment is through; a client would subscribe to the change."""
    query = f"query($id: ID!) {{ node(id: $id) {{ id ... on {kind} {{ status }} }} }}"
    async with asyncio.timeout(PATIENCE_SECONDS):
        while node["status"] in states:
            await asyncio.sleep(0.01)
            node = (await company.ask(query, {"id": node["id"]}))["node"]


async def subscribe(company: Api, new_key: Callable[[], str]) -> None:
    """Keep a card and have it pay for a plan. By the year: sixty days see no renewal."""
    card = {"token": "tok_sandbox_ok", "savedFor": "PLAN", "makeDefault": True}
    saved = await company.do(
        "savePaymentMethod",
        "SavePaymentMethodInput",
        card | {"idempotencyKey": new_key()},
        "... on PaymentMethodAdded { paymentMethod { id status } }",
    )
    await settled(company, saved["paymentMethod"], "PaymentMethod", ("PENDING",))
    ordered = await company.do(
        "startPlan",
        "StartPlanInput",
        {"plan": "STARTER", "cycle": "YEARLY", "idempotencyKey": new_key()},
        "... on PlanOrdered { subscription { id status } }",
    )
    await settled(company, ordered["subscription"], "PlanSubscription", ("PENDING_PAYMENT",))


async def be_a_business(owner: Api) -> None:
    """From here on the invoices leave the VAT to the company (reverse charge)."""
    await owner.do("setVatNumber", "SetVatNumberInput", {"number": VAT_NUMBER})


async def automate(company: Api, below: int, add: int) -> None:
    """Let the card keep the balance up."""
    rule = {"unit": "EUR", "currency": "EUR", "below": f"{below}.00", "add": f"{add}.00"}
    await company.do("setAutoTopUp", "AutoTopUpInput", rule)


async def apply_for_sender(owner: Api) -> None:
    """Ask for a name on SMS; it waits for the company's staff."""
    made = await owner.do(
        "createSender",
        "CreateSenderInput",
        {"name": SENDER, "countries": ["CH", "DE"]},
        "... on SenderCreated { sender { id } }",
    )
    sender = {"senderId": made["sender"]["id"]}
    document = {"contentType": "PDF", "sizeBytes": len(DOCUMENT)}
    for kind in ("COMPANY_REGISTRATION", "IDENTITY"):
        link = await owner.do(
            "requestSenderDocumentUpload",
            "RequestSenderDocumentUploadInput",
            sender | document | {"kind": kind},
            "... on SenderDocumentUpload { url headers { name value } }",
        )
        await owner.put(link["url"], {one["name"]: one["value"] for one in link["headers"]}, DOCUMENT)
    await owner.do("submitSender", "SubmitSenderInput", sender)


async def newest_invoice(company: Api) -> str:
    """A link to the page of it, good for a while."""
    newest = "invoices(first: 1, kind: INVOICE) { edges { node { links { html } } } }"
    found = await company.ask(f"{{ viewer {{ account {{ {newest} }} }} }}")
    return str(found["viewer"]["account"]["invoices"]["edges"][0]["node"]["links"]["html"])
