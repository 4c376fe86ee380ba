"""Top-ups in the API: order one, answer its challenge, list them, and follow them live; payment methods likewise."""

import strawberry

from server.topups.graph.method_feed import PaymentMethodSubscriptions
from server.topups.graph.method_mutations import PaymentMethodMutations
from server.topups.graph.method_types import PaymentMethodQueries
from server.topups.graph.mutations import TopUpMutations as _Ordering
from server.topups.graph.queries import EXTENSIONS, NODES
from server.topups.graph.queries import TopUpQueries as _Reading
from server.topups.graph.refunds import RefundMutations
from server.topups.graph.subscriptions import TopUpSubscriptions as _Watching

__all__ = ["EXTENSIONS", "NODES", "TopUpMutations", "TopUpQueries", "TopUpSubscriptions"]


@strawberry.type
class TopUpQueries(_Reading, PaymentMethodQueries):
    pass


@strawberry.type
class TopUpMutations(_Ordering, PaymentMethodMutations, RefundMutations):
    pass


@strawberry.type
class TopUpSubscriptions(_Watching, PaymentMethodSubscriptions):
    pass
