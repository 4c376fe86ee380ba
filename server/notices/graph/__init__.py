"""Notices in the API: list them, note that they were read, choose their language, and follow them live."""

from server.notices.graph.mutations import NoticeMutations
from server.notices.graph.queries import EXTENSIONS, NODES
from server.notices.graph.subscriptions import NoticeSubscriptions

__all__ = ["EXTENSIONS", "NODES", "NoticeMutations", "NoticeSubscriptions"]
