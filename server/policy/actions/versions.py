"""Recording the versions of the policy at start-up: a changed profile is a new version (M105, M108, H040)."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy.dialects.postgresql import insert

from server.kit.due import schedule
from server.kit.work import Work
from server.policy.actions.announcing import ANNOUNCE
from server.policy.model import PolicyVersion
from server.policy.reads.versions import known_versions
from server.policy.rules.profile import Document, Profile
from server.policy.rules.publishing import ChangeTerms, Published, upcoming_faults, version_faults
from server.policy.rules.wording import Wordings, authentic_hash, text


def record_versions(work: Work) -> list[str]:
    """Record what this server publishes, and plan the announcement of what is new to customers.

    Returns what is wrong with a version, as sentences; then nothing was recorded.
    """
    published, terms = work.terms(Published), work.terms(ChangeTerms)
    faults: list[str] = []
    new: list[tuple[Profile, Document]] = []
    for profile, find_faults in ((published.profile, version_faults), (published.upcoming, upcoming_faults)):
        for document in profile.documents if profile is not None else ():
            assert profile is not None
            known = known_versions(work, document.name)
            text_hash = authentic_hash(profile, document, published.wordings)
            faults += find_faults(document, text_hash, known, work.now, terms)
            if all(one.version != document.version for one in known):
                new.append((profile, document))
    if not faults:
        for profile, document in new:
            _record(work, profile, document, published.wordings)
    return faults


def _record(work: Work, profile: Profile, document: Document, wordings: Wordings) -> None:
    first = not known_versions(work, document.name)
    version_id = work.ids.new("pol")
    recorded = work.first(
        insert(PolicyVersion)
        .values(
            id=version_id,
            document=document.name,
            version=document.version,
            effective_at=document.effective_at,
            recorded_at=work.now,
            authentic=profile.authentic,
            languages=" ".join(profile.languages),
            text_hash=authentic_hash(profile, document, wordings),
            content=orjson.dumps(_content(profile, document, wordings)).decode(),
            announced_at=work.now if first else None,  # whoever came before the first version saw none
        )
        .on_conflict_do_nothing()  # another process started at the same time
        .returning(PolicyVersion.id)
    )
    if recorded is not None and not first:
        schedule(work, ANNOUNCE, version_id, work.now)


def _content(profile: Profile, document: Document, wordings: Wordings) -> dict[str, Any]:
    return {
        clause.key: {
            "ids": list(clause.ids),
            "kind": clause.kind,
            "texts": {
                language: sentence
                for language in profile.languages
                if (sentence := text(clause, wordings.of(language))) is not None and language in clause.texts
            },
        }
        for clause in profile.of_document(document.name)
    }
