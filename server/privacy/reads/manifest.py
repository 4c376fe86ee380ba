"""What a package says of itself: its manifest, and the schema of each of its tables."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import BigInteger, Boolean, Integer, SmallInteger

from server.kit.db import Instant
from server.kit.personal import Held
from server.kit.work import Read
from server.policy.reads import registers
from server.policy.rules.publishing import Published
from server.privacy.reads import exporting
from server.privacy.reads.exporting import ExportRow
from server.privacy.reads.owned import Exported, exported
from server.privacy.reads.processing import basis_of, clause_of, sources_of, told_by
from server.privacy.rules.exporting import readable, title_of

_DIALECT = "https" + "://json-schema.org/draft/2020-12/schema"


def manifest(read: Read, row: ExportRow) -> dict[str, Any]:
    """What is in the package: what it is held for, on which basis, from where, how long, and who receives it."""
    profile = read.terms(Published).profile
    files = defaultdict(list)
    for file in exporting.files(read, row.id):
        files[file.table].append({"name": file.name, "rows": file.rows})
    return {
        "id": row.id,
        "accountId": row.account_id,
        "personId": row.person_id,
        "scope": row.scope,
        "requestedAt": row.created_at,
        "madeAt": read.now,
        "policy": {"document": profile.policy.name, "version": profile.policy.version},
        "tables": [
            {
                "table": one.table.name,
                "title": title_of(one.table.name),
                "files": files[one.table.name],
                "holds": [_holding(read, held) for held in one.held],
            }
            for one in exported(read, row.subject.scope)
        ],
        "recipients": [
            {
                "name": each.name,
                "role": each.role,
                "class": each.recipient_class,
                "country": each.region,
                "categories": each.categories.split(),
            }
            for each in registers.active_processors(read)
        ],
    }


def schema_of(one: Exported) -> dict[str, Any]:
    """The JSON Schema of a table's JSON files: an array of rows."""
    said = {name: held for held in one.held for name in held.columns}
    properties = {
        name: {
            "title": readable(name),
            "description": f"{said[name].category}, held for {said[name].purpose}",
            **_type_of(one.table.c[name].type),
        }
        for name in one.columns
    }
    return {
        "$schema": _DIALECT,
        "title": title_of(one.table.name),
        "type": "array",
        "items": {
            "type": "object",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        },
    }


def _holding(read: Read, held: Held) -> dict[str, Any]:
    profile = read.terms(Published).profile
    clause = clause_of(held, profile)
    return {
        "columns": [{"name": name, "title": readable(name)} for name in held.columns],
        "category": held.category,
        "purpose": held.purpose,
        "legalBasis": basis_of(held, profile),
        "sources": sources_of(held, profile),
        "sourceColumn": told_by(held),
        "retention": {"name": held.retention, "period": str(clause.value), "ground": clause.ground},
    }


def _type_of(kind: Any) -> dict[str, Any]:
    if isinstance(kind, Instant):
        return {"type": ["string", "null"], "format": "date-time"}
    if isinstance(kind, Boolean):
        return {"type": ["boolean", "null"]}
    if isinstance(kind, Integer | BigInteger | SmallInteger):
        return {"type": ["integer", "null"]}
    return {"type": ["string", "null"]}
