"""What Stripe does with cards and money, as its documentation tells it: enough of it for our calls.

Test cards are named as Stripe's own, such as `pm_card_visa`; each use of such a name makes a new payment method.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import count
from typing import Any

Fields = dict[str, Any]

OK = "pm_card_visa"
DECLINED = "pm_card_visa_chargeDeclined"
FAILS_LATER = "pm_card_chargeCustomerFail"
AUTHENTICATION = "pm_card_authenticationRequired"
ALWAYS_AUTHENTICATION = "pm_card_authenticationRequiredOnSetup"
PROCESSING = "pm_card_processing"
NO_CARD = "pm_card_doesNotExist"
CARDS = {OK, DECLINED, FAILS_LATER, AUTHENTICATION, ALWAYS_AUTHENTICATION, PROCESSING}
TOKENS = {"tok_visa": OK, "tok_chargeDeclined": DECLINED}


class StripeError(Exception):
    """An answer that is no success: its status and the fields of its `error`."""

    def __init__(self, status: int, kind: str, code: str | None = None, **more: Any) -> None:
        self.status = status
        self.body = {"error": {"type": kind, "code": code, "message": "no", **more}}


def invalid(code: str) -> StripeError:
    return StripeError(400, "invalid_request_error", code)


class Books:
    """Customers, cards, intents and refunds of one Stripe account."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._numbers = count(1)
        self.objects: dict[str, Fields] = {}
        self.stories: dict[str, str] = {}
        self.charges: list[Fields] = []

    def of_kind(self, kind: str) -> list[Fields]:
        return [each for each in self.objects.values() if each["object"] == kind]

    def find(self, prefix: str, object_id: str) -> Fields:
        if not object_id.startswith(prefix) or object_id not in self.objects:
            raise StripeError(404, "invalid_request_error", "resource_missing")
        return self.objects[object_id]

    # ---- customers and cards

    def create_customer(self, given: Fields) -> Fields:
        return self._new("cus", "customer", metadata=given.get("metadata", {}))

    def delete_customer(self, customer_id: str) -> Fields:
        del self.objects[self.find("cus_", customer_id)["id"]]
        for method in self.of_kind("payment_method"):
            if method["customer"] == customer_id:
                method["customer"] = None
        return {"id": customer_id, "object": "customer", "deleted": True}

    def create_method(self, given: Fields) -> Fields:
        token = given["card"]["token"]
        if token not in TOKENS:
            raise invalid("resource_missing")
        return self._method(TOKENS[token])

    def update_method(self, method_id: str, given: Fields) -> Fields:
        method = self.find("pm_", method_id)
        method["metadata"] |= given.get("metadata", {})
        return method

    def detach_method(self, method_id: str) -> Fields:
        method = self.find("pm_", method_id)
        if method["customer"] is None:
            raise invalid("payment_method_unexpected_state")
        method["customer"] = None
        return method

    def _method(self, story: str) -> Fields:
        card = {"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030}
        method = self._new("pm", "payment_method", type="card", card=card, customer=None, metadata={})
        self.stories[method["id"]] = story
        return method

    def _used(self, method_id: str) -> Fields:
        return self._method(method_id) if method_id in CARDS else self.find("pm_", method_id)

    # ---- cards for later

    def create_setup(self, given: Fields) -> Fields:
        self.find("cus_", given["customer"])
        setup = self._new("seti", "setup_intent", **given, payment_method=None, last_setup_error=None)
        return setup | self._with(
            setup, status="requires_payment_method", client_secret=f"{setup['id']}_secret_1"
        )

    def confirm_setup(self, setup_id: str, given: Fields) -> Fields:
        setup = self.find("seti_", setup_id)
        if setup["status"] not in ("requires_payment_method", "requires_confirmation"):
            raise invalid("setup_intent_unexpected_state")
        method = self._used(given["payment_method"])
        story = self.stories[method["id"]]
        setup["payment_method"] = method["id"]
        if story == DECLINED:
            error = {"type": "card_error", "code": "card_declined"}
            self._with(setup, last_setup_error=error, payment_method=None)
            raise StripeError(402, "card_error", "card_declined", setup_intent=setup)
        if story == ALWAYS_AUTHENTICATION:
            return self._with(setup, status="requires_action")
        return self._set_up(setup)

    def authenticate_setup(self, setup_id: str, *, right: bool = True) -> Fields:
        """The payer proves to the bank who they are, or fails to."""
        setup = self.find("seti_", setup_id)
        if right:
            return self._set_up(setup)
        error = {"type": "invalid_request_error", "code": "setup_intent_authentication_failure"}
        return self._with(setup, status="requires_payment_method", last_setup_error=error)

    def _set_up(self, setup: Fields) -> Fields:
        self.objects[setup["payment_method"]]["customer"] = setup["customer"]
        return self._with(setup, status="succeeded")

    # ---- payments

    def create_intent(self, given: Fields) -> Fields:
        method = self._used(given["payment_method"])
        if method["customer"] != given.get("customer"):
            raise invalid("payment_method_customer_mismatch")
        if set(given.get("allowed_payment_method_types", [])) != {"card"}:
            raise invalid("parameter_missing")  # without it, methods that redirect want a return_url
        intent = self._new(
            "pi",
            "payment_intent",
            amount=int(given["amount"]),
            amount_received=0,
            currency=given["currency"],
            customer=given.get("customer"),
            payment_method=method["id"],
            metadata=given.get("metadata", {}),
            latest_charge=None,
            last_payment_error=None,
            canceled_at=None,
        )
        return self._with(intent, status="requires_confirmation", client_secret=f"{intent['id']}_secret_1")

    def confirm_intent(self, intent_id: str, given: Fields) -> Fields:
        intent = self.find("pi_", intent_id)
        if intent["status"] != "requires_confirmation":
            raise invalid("payment_intent_unexpected_state")
        story = self.stories[intent["payment_method"]]
        if story in (DECLINED, FAILS_LATER):
            self._fail(intent, "card_declined")
        if story in (AUTHENTICATION, ALWAYS_AUTHENTICATION):
            if given.get("off_session") == "true":
                self._fail(intent, "authentication_required")
            return self._with(intent, status="requires_action")
        if story == PROCESSING:
            return self._with(intent, status="processing")
        return self.settle(intent_id)

    def authenticate(self, intent_id: str, *, right: bool = True) -> Fields:
        """The payer proves to the bank who they are, or fails to."""
        if right:
            return self.settle(intent_id)
        error = {"type": "invalid_request_error", "code": "payment_intent_authentication_failure"}
        intent = self.find("pi_", intent_id)
        return self._with(intent, status="requires_payment_method", last_payment_error=error)

    def settle(self, intent_id: str) -> Fields:
        """The bank pays."""
        intent = self.find("pi_", intent_id)
        charge = self._charge(intent, "succeeded")
        return self._with(
            intent,
            status="succeeded",
            amount_received=intent["amount"],
            latest_charge=charge["id"],
            last_payment_error=None,
        )

    def cancel_intent(self, intent_id: str, _given: Fields) -> Fields:
        intent = self.find("pi_", intent_id)
        if intent["status"] in ("succeeded", "canceled", "processing"):
            raise invalid("payment_intent_unexpected_state")
        return self._with(intent, status="canceled", canceled_at=self._seconds())

    def _fail(self, intent: Fields, code: str) -> None:
        charge = self._charge(intent, "failed")
        error = {"type": "card_error", "code": code, "charge": charge["id"]}
        self._with(
            intent, status="requires_payment_method", latest_charge=charge["id"], last_payment_error=error
        )
        raise StripeError(402, "card_error", code, payment_intent=intent)

    def _charge(self, intent: Fields, status: str) -> Fields:
        charge = self._new(
            "ch",
            "charge",
            amount=intent["amount"],
            amount_refunded=0,
            currency=intent["currency"],
            payment_intent=intent["id"],
            status=status,
        )
        if status == "succeeded":
            self.charges.append(charge)
        return charge

    # ---- money back

    def create_refund(self, given: Fields) -> Fields:
        intent = self.find("pi_", given["payment_intent"])
        amount = int(given["amount"])
        charge = self.objects[intent["latest_charge"]]
        if charge["amount_refunded"] + amount > charge["amount"]:
            raise invalid("charge_already_refunded")
        charge["amount_refunded"] += amount
        return self._new(
            "re",
            "refund",
            amount=amount,
            currency=intent["currency"],
            payment_intent=intent["id"],
            metadata=given.get("metadata", {}),
            status="succeeded",
        )

    def _new(self, prefix: str, kind: str, **fields: Any) -> Fields:
        made = {
            "id": f"{prefix}_{next(self._numbers)}F4ke",
            "object": kind,
            "created": self._seconds(),
        } | fields
        self.objects[made["id"]] = made
        return made

    def _with(self, made: Fields, **changes: Any) -> Fields:
        made.update(changes)
        return made

    def _seconds(self) -> int:
        return int(self._now().timestamp())
