"""Writes the e-mail of a notice: plain text, from typed headers that no value can break out of."""

from __future__ import annotations

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from server.notices.actions.delivery import Letter
from server.notices.adapters.rendering import by_email
from server.notices.rules.templates import Catalog


def compose(letter: Letter, sender: str, catalog: Catalog) -> EmailMessage:
    """The same message, byte for byte, in every attempt: its date is that of the notice."""
    rendered = by_email(catalog, letter.kind, letter.values, letter.language)
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = letter.address
    message["Subject"] = rendered.title
    message["Date"] = format_datetime(letter.created_at)
    message["Message-ID"] = letter.message_id
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
    message.set_content(rendered.text, cte="quoted-printable")
    message["Content-Language"] = rendered.language  # setting the content drops Content- headers
    return message
