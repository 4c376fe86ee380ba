"""Notices in the API: list them, note that they were read, choose their language, and follow them live."""

import strawberry

from server.notices.graph.dead_letters import DeadLetterMutations, NoticeQueries
from server.notices.graph.mutations import OwnNoticeMutations
from server.notices.graph.queries import EXTENSIONS, NODES
from server.notices.graph.subscriptions import NoticeSubscriptions

__all__ = ["EXTENSIONS", "NODES", "NoticeMutations", "NoticeQueries", "NoticeSubscriptions"]


@strawberry.type
class NoticeMutations(OwnNoticeMutations, DeadLetterMutations):
    pass
