"""The slice's tables."""

from server.privacy.model.erasures import Erasure
from server.privacy.model.minors import MinorReport
from server.privacy.model.recipient_requests import RecipientRequest
from server.privacy.model.requests import PrivacyRequest

__all__ = ["Erasure", "MinorReport", "PrivacyRequest", "RecipientRequest"]
