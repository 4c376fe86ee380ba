"""Operations in the API: the parts that schema.py joins."""

import strawberry

from server.operations.graph.mutations import OperationsMutations
from server.operations.graph.overview import OverviewQueries, OverviewSubscriptions
from server.operations.graph.queries import DueWorkQueries
from server.operations.graph.queues import QueueSubscriptions

__all__ = ["OperationsMutations", "OperationsQueries", "OperationsSubscriptions"]


@strawberry.type
class OperationsQueries(DueWorkQueries, OverviewQueries):
    pass


@strawberry.type
class OperationsSubscriptions(OverviewSubscriptions, QueueSubscriptions):
    pass
