"""What makes two addresses one. Cheap, because it is asked for every event that comes in. No I/O."""

from __future__ import annotations

from server.campaigns.rules import MessageChannel


def identity(channel: MessageChannel, address: str) -> str:
    """The address in the form that is hashed: nobody is written to again for a capital letter.

    E-mail: small letters, and the domain as the DNS has it. SMS: the digits of E.164 behind a plus sign.
    """
    if channel is MessageChannel.SMS:
        return "+" + "".join(char for char in address if char in "0123456789")
    local, at, domain = address.strip().lower().rpartition("@")
    return local + at + (domain if domain.isascii() else _ascii(domain))


def _ascii(domain: str) -> str:
    try:
        return domain.encode("idna").decode()
    except UnicodeError:
        return domain
