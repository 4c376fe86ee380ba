"""Links and receiving domains under short numbers of their campaign, so that their text is kept once, sealed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import bindparam, insert, select

from server.campaigns.actions.looking import Look
from server.campaigns.actions.statistics import Scope
from server.campaigns.model import StatisticValue
from server.campaigns.reads.statistics import TEXT_COLUMN
from server.campaigns.rules.metrics import DOMAINS_MAX, Dimension, free_number
from server.campaigns.rules.recording import RecordingTerms
from server.kit.crypto import keyed_hash
from server.kit.db import Prepared
from server.kit.work import Work

_HASH_BYTES = 16


def numbers(work: Work, scope: Scope, dimension: Dimension, texts: Iterable[str]) -> Mapping[str, int]:
    """The number of each text in a locked scope; 0 for the empty one, and for what is beyond the limit."""
    secret = work.keys.server_secret("statistic_values")
    place = f"{scope.number}.{dimension}".encode()
    hashes = {keyed_hash(secret, place, text.encode())[:_HASH_BYTES]: text for text in set(texts) if text}
    found = _by_hash.rows(work, hashes.keys(), scope=scope.number, dimension=int(dimension))
    known = {hashes.pop(each): value for each, value in found}
    if hashes:
        known |= _add(work, scope, dimension, sorted(hashes.items()))
    return {"": 0, **known}


def _add(
    work: Work, scope: Scope, dimension: Dimension, hashes: Sequence[tuple[bytes, str]]
) -> Mapping[str, int]:
    taken = set(
        work.execute(
            select(_table.value).where(_table.scope == scope.number, _table.dimension == int(dimension))
        ).scalars()
    )
    limit = DOMAINS_MAX if dimension is Dimension.DOMAIN else work.terms(RecordingTerms).links_max
    added: dict[str, int] = {}
    rows = []
    for each, text in hashes[: max(0, limit - len(taken))]:
        number = added[text] = free_number(each, taken)
        taken.add(number)
        sealed = work.seal(scope.account_id, "content", TEXT_COLUMN, text)
        rows.append(
            {
                "scope": scope.number,
                "dimension": int(dimension),
                "value": number,
                "hash": each,
                "text": sealed,
            }
        )
    _insert.run_many(work.connection, rows)
    return {text: added.get(text, 0) for _, text in hashes}


_table = StatisticValue.__table__.c
_by_hash = Look(StatisticValue, ("hash", "value"), "hash", ("scope", "dimension"))
_insert = Prepared(insert(StatisticValue).values({each.name: bindparam(each.name) for each in _table}))
