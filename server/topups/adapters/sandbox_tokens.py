"""The tokens of the sandbox gateway, each with the story that it plays, and the cards behind them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STEP_UP_CODE = "314159"
WRONG_CODES_MAX = 3
BANK_FEE_PERCENT = 3

OK = "tok_sandbox_ok"
DECLINED = "tok_sandbox_declined"
STEP_UP = "tok_sandbox_step_up"
LATER = "tok_sandbox_later"
UNKNOWN = "tok_sandbox_unknown"
UNKNOWN_LOST = "tok_sandbox_unknown_lost"
SHORT = "tok_sandbox_short"
CHARGEBACK = "tok_sandbox_chargeback"
EXPIRES_SOON = "tok_sandbox_expires_soon"
SAVED_DECLINED = "tok_sandbox_saved_declined"
SAVED_STEP_UP = "tok_sandbox_saved_step_up"
REFUND_DECLINED = "tok_sandbox_refund_declined"

TOKENS: Mapping[str, str] = MappingProxyType(
    {
        OK: "Succeeds at once.",
        DECLINED: "Is declined, when charged and when saved.",
        STEP_UP: f"Asks for a code, when charged and when saved; {STEP_UP_CODE} is right, the third wrong one fails. "
        "Once saved it is charged without.",
        LATER: "Is accepted, and succeeds a little later; so does its refund.",
        UNKNOWN: "Charges, but the answer is lost: ERRORED until the reconciler finds the money. Saving it and "
        "its refund lose their first answer too.",
        UNKNOWN_LOST: "The request is lost: ERRORED until the reconciler finds that nothing was charged. Saving it "
        "works at the second try.",
        SHORT: f"Succeeds, but banks keep {BANK_FEE_PERCENT} % on the way: credited is what was received.",
        CHARGEBACK: "Succeeds, and the payer's bank takes it back a little later.",
        EXPIRES_SOON: "Succeeds; its card expires at the end of the month in which it is saved.",
        SAVED_DECLINED: "Succeeds while the payer is there; once saved every charge is declined.",
        SAVED_STEP_UP: f"Succeeds while the payer is there; once saved every charge asks for the code {STEP_UP_CODE}.",
        REFUND_DECLINED: "Succeeds at once; its refund is declined.",
    }
)

BRAND, LAST4, YEARS = "Sandbox", "0000", 3
"""No card number leads to them."""
