"""Whether an address can be written to at all, and in which country a phone number is."""

from __future__ import annotations

from dataclasses import dataclass

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from server.campaigns.rules import MessageChannel
from server.campaigns.rules.addresses import identity

_TEXT_LENGTH_MAX = 320


@dataclass(frozen=True, slots=True)
class Address:
    """An address as it is kept; the country (ISO 3166-1 alpha-2) is that of a phone number."""

    text: str
    country: str | None


def address_of(channel: MessageChannel, text: str) -> Address | None:
    """The address; None where it is none. Phone numbers are written as E.164, with the plus sign."""
    if len(text) > _TEXT_LENGTH_MAX:
        return None
    return _email(text) if channel is MessageChannel.EMAIL else _number(text)


def _email(text: str) -> Address | None:
    try:
        valid = validate_email(text.strip(), check_deliverability=False)
    except EmailNotValidError:
        return None
    return Address(identity(MessageChannel.EMAIL, valid.normalized), None)


def _number(text: str) -> Address | None:
    if not text.strip().startswith("+"):  # without it, the country would be a guess
        return None
    try:
        number = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    country = phonenumbers.region_code_for_number(number)
    if country is None or len(country) != 2 or not phonenumbers.is_valid_number(number):
        return None
    return Address(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), country)
