"""The slice's tables."""

from server.privacy.model.erasures import Erasure
from server.privacy.model.exports import DataExport, DataExportChunk, DataExportFile
from server.privacy.model.minors import MinorReport
from server.privacy.model.recipient_requests import RecipientRequest
from server.privacy.model.refusals import PolicyRefusal
from server.privacy.model.requests import PrivacyRequest
from server.privacy.model.retention import RetentionCount, RetentionRun

__all__ = [
    "DataExport",
    "DataExportChunk",
    "DataExportFile",
    "Erasure",
    "MinorReport",
    "PolicyRefusal",
    "PrivacyRequest",
    "RecipientRequest",
    "RetentionCount",
    "RetentionRun",
]
