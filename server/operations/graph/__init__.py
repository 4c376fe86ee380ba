"""Operations in the API: the parts that schema.py joins."""

from server.operations.graph.mutations import OperationsMutations
from server.operations.graph.queries import OperationsQueries

__all__ = ["OperationsMutations", "OperationsQueries"]
