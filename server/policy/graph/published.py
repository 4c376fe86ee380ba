"""The policy for everybody, without a sign-in: clauses, texts, versions, and what changed (P050, H035)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from server.kit.graph.access import Access, Who, declare, exposes
from server.kit.graph.context import Info
from server.kit.problems import PublicError
from server.policy.reads.versions import Difference, VersionRow, content_of, difference, versions_of
from server.policy.rules.consenting import ConsentTerms
from server.policy.rules.profile import Clause, Document
from server.policy.rules.publishing import Published
from server.policy.rules.validation import DPO_CONTACT
from server.policy.rules.wording import by_kind, document_text, shown, text, title

PUBLIC = Access(Who.ANYONE, "identification")

Language = Annotated[
    str | None,
    strawberry.argument(description="Two small letters, such as `fr`; null for the authentic language."),
]


@strawberry.enum(name="PolicyClauseState", description="How a clause of the policy is kept.")
class ClauseStateEnum(Enum):
    ENFORCED = strawberry.enum_value("ENFORCED", description="The server enforces it.")
    ATTESTED = strawberry.enum_value("ATTESTED", description="The company attests it, and reviews that.")
    TEXT = strawberry.enum_value("TEXT", description="It is a statement that needs no enforcement.")
    NOT_YET = strawberry.enum_value("NOT_YET", description="This server does not enforce it yet.")


@exposes(PUBLIC)
@strawberry.type(name="PolicyClause", description="One promise of the policy.")
class ClauseType:
    id: strawberry.ID = strawberry.field(description="Its key in the profile, such as `retain.audit`.")
    rules: list[str] = strawberry.field(description="The rules of the rulebook that it carries.")
    source: str | None = strawberry.field(
        description="The document and section that it comes from; null for a clause of the server's own."
    )
    state: ClauseStateEnum = strawberry.field(description="How it is kept.")
    clause: strawberry.Private[Clause]

    @strawberry.field(description="What it is about.")
    def title(self, info: Info, language: Language = None) -> str:
        published = published_of(info)
        return title(self.clause, published.wordings.of(chosen(published, language)))

    @strawberry.field(description="What it says, in words: `30 days`, `35.00 USD`.")
    def value(self, info: Info, language: Language = None) -> str:
        published = published_of(info)
        return shown(self.clause.value, published.wordings.of(chosen(published, language)))

    @strawberry.field(
        description="The sentence that users read; null where it is not written in this language."
    )
    def text(self, info: Info, language: Language = None) -> str | None:
        published = published_of(info)
        wanted = chosen(published, language)
        return text(self.clause, published.wordings.of(wanted)) if wanted in self.clause.texts else None

    @classmethod
    def of(cls, clause: Clause) -> ClauseType:
        return cls(
            id=strawberry.ID(clause.key),
            rules=list(clause.ids),
            source=clause.source,
            state=ClauseStateEnum(clause.state.value),
            clause=clause,
        )


@exposes(PUBLIC)
@strawberry.type(name="PublishedPolicyVersion", description="A version of a document as it was published.")
class VersionType:
    version: str = strawberry.field(description="Its name.")
    effective_at: datetime = strawberry.field(description="When it came, or comes, into force.")
    published_at: datetime = strawberry.field(description="When it was published here.")
    in_force: bool = strawberry.field(description="Whether it is the one in force; one is at any instant.")
    authentic_language: str = strawberry.field(description="The language whose text is authentic.")
    languages: list[str] = strawberry.field(description="The languages it is published in.")
    text_sha256: str = strawberry.field(description="SHA-256 of the authentic text, hexadecimal.")

    @classmethod
    def of(cls, row: VersionRow, in_force: str) -> VersionType:
        return cls(
            version=row.version,
            effective_at=row.effective_at,
            published_at=row.recorded_at,
            in_force=row.version == in_force,
            authentic_language=row.authentic,
            languages=row.languages.split(),
            text_sha256=row.text_hash,
        )


@exposes(PUBLIC)
@strawberry.type(name="PolicyDifference", description="A clause that two versions do not share.")
class DifferenceType:
    id: strawberry.ID = strawberry.field(description="The clause's key.")
    before: str | None = strawberry.field(
        description="What it said; null where it was not there or not written."
    )
    after: str | None = strawberry.field(description="What it says; null where it is gone or not written.")

    @classmethod
    def of(cls, change: Difference, language: str) -> DifferenceType:
        return cls(
            id=strawberry.ID(change.key),
            before=(change.before or {}).get(language),
            after=(change.after or {}).get(language),
        )


@exposes(PUBLIC)
@strawberry.type(
    name="Policy", description="A document of the policy: what this server runs by, for everybody to read."
)
class PolicyType:
    document: str = strawberry.field(description="Its name, as acceptances give it.")
    version: str = strawberry.field(description="The version in force.")
    effective_at: datetime = strawberry.field(description="Since when.")
    authentic_language: str = strawberry.field(description="The language whose text is authentic.")
    languages: list[str] = strawberry.field(description="The languages it is published in.")
    dpo_contact: str = strawberry.field(description="Where the data protection officer is reached.")
    found: strawberry.Private[Document]

    @strawberry.field(description="Its clauses, those of a kind together.")
    def clauses(self, info: Info) -> list[ClauseType]:
        return [ClauseType.of(clause) for clause in by_kind(published_of(info).profile, self.found)]

    @strawberry.field(description="All versions that were published here, the newest first; at most 200.")
    def versions(self, info: Info) -> list[VersionType]:
        return [VersionType.of(row, self.version) for row in versions_of(info.context.read, self.document)]

    @strawberry.field(
        description="What changed between two versions; null when one of them was never published."
    )
    def diff(
        self,
        info: Info,
        from_version: Annotated[str, strawberry.argument(name="from", description="The earlier version.")],
        to_version: Annotated[str, strawberry.argument(name="to", description="The later version.")],
        language: Language = None,
    ) -> list[DifferenceType] | None:
        names = (from_version, to_version)
        if not all(name.isprintable() for name in names):  # PostgreSQL takes no NUL
            return None
        before, after = (content_of(info.context.read, self.document, name) for name in names)
        if before is None or after is None:
            return None
        wanted = chosen(published_of(info), language)
        return [DifferenceType.of(change, wanted) for change in difference(before, after)]

    @strawberry.field(
        description="The whole text, one clause a line, with a remark where the server does not keep it yet."
    )
    def text(self, info: Info, language: Language = None) -> str:
        published = published_of(info)
        wording = published.wordings.of(chosen(published, language))
        return document_text(published.profile, self.found, wording, remarks=True)


@strawberry.type
class PublishedQueries:
    @strawberry.field(
        metadata=declare(PUBLIC),
        description="The policy that this server runs by; null for a document that there is not. Needs no sign-in.",
    )
    def policy(
        self,
        info: Info,
        document: Annotated[
            str | None, strawberry.argument(description="Which document; null for the policy itself.")
        ] = None,
    ) -> PolicyType | None:
        profile = published_of(info).profile
        found = profile.policy if document is None else profile.document(document)
        if found is None:
            return None
        return PolicyType(
            document=found.name,
            version=found.version,
            effective_at=found.effective_at,
            authentic_language=profile.authentic,
            languages=list(profile.languages),
            dpo_contact=str(profile.value(DPO_CONTACT)),
            found=found,
        )

    @strawberry.field(
        metadata=declare(PUBLIC),
        description="The purposes that are off until an account consents to them (B004). Needs no sign-in.",
    )
    def purposes_with_consent(self, info: Info) -> list[str]:
        return sorted(info.context.units.house.terms.get(ConsentTerms).purposes)


def published_of(info: Info) -> Published:
    """The policy of this server."""
    return info.context.units.house.terms.get(Published)


def chosen(published: Published, language: str | None) -> str:
    """The language that is asked for. Raises PublicError for one in which the policy is not published."""
    if language is None:
        return published.profile.authentic
    if language not in published.profile.languages:
        known = ", ".join(published.profile.languages)
        raise PublicError("BAD_USER_INPUT", f"The policy is published in {known}.")
    return language
