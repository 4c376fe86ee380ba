"""The slice's tables."""

from server.privacy.model.erasures import Erasure
from server.privacy.model.recipient_requests import RecipientRequest

__all__ = ["Erasure", "RecipientRequest"]
