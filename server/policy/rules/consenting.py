"""Consent, purpose by purpose, and the attestations of what no code can enforce (B004, C13, Q020, P004)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from server.kit.problems import Refusal
from server.policy.rules.disclosing import TEXT_LENGTH_MAX, is_plain
from server.policy.rules.periods import Period

_ACCOUNTABLE = re.compile(r"[a-z][a-z0-9_.-]{0,79}\Z")


@dataclass(frozen=True, slots=True)
class ConsentTerms:
    """Which purposes are off until an account consents to them."""

    purposes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AttestationTerms:
    """What the company attests, and after what time each attestation is to be reviewed."""

    review_after: Mapping[str, Period] = field(default_factory=dict)


@dataclass(eq=False)
class PurposeUnknown(Refusal):
    """This purpose needs no consent here: the policy lists those that do."""

    code = "PURPOSE_UNKNOWN"
    blames = "purpose"
    purposes: str


@dataclass(eq=False)
class NoConsent(Refusal):
    """No consent to this purpose is given that could be taken back."""

    code = "NO_CONSENT"
    blames = "purpose"


@dataclass(eq=False)
class AttestationUnknown(Refusal):
    """The policy has no attestation of this name."""

    code = "ATTESTATION_UNKNOWN"
    blames = "kind"
    kinds: str


@dataclass(eq=False)
class AttestationInvalid(Refusal):
    """An attestation names who answers for it by an office, was made not later than now, and says where it is kept."""

    code = "ATTESTATION_INVALID"
    field: str
    length_max: int

    @property
    def input_field(self) -> str | None:
        return self.field


def check_purpose(purpose: str, terms: ConsentTerms) -> None:
    """Raises PurposeUnknown."""
    if purpose not in terms.purposes:
        raise PurposeUnknown(" ".join(sorted(terms.purposes)))


def check_attestation(
    kind: str, owner: str, reference: str, attested_at: datetime, now: datetime, terms: AttestationTerms
) -> None:
    """Raises AttestationUnknown, AttestationInvalid. `owner` is an office such as `security.officer`, no person."""
    if kind not in terms.review_after:
        raise AttestationUnknown(" ".join(sorted(terms.review_after)))
    if not _ACCOUNTABLE.match(owner):
        raise AttestationInvalid("owner", TEXT_LENGTH_MAX)
    if not is_plain(reference):
        raise AttestationInvalid("reference", TEXT_LENGTH_MAX)
    if attested_at > now:
        raise AttestationInvalid("attestedAt", TEXT_LENGTH_MAX)
