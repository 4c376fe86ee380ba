"""Noting that notices were read, and choosing the language of e-mails."""

from __future__ import annotations

from typing import Annotated

import strawberry

from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.mutations import OUTCOME, run
from server.kit.graph.problems import Problem, problem
from server.kit.work import Work
from server.notices import actions, rules
from server.notices.graph.enums import NoticeLanguage
from server.notices.graph.types import WRITE, NoticeType


@problem(rules.NoticeNotFound)
@strawberry.type(description="There is no such notice.")
class NoticeNotFound(Problem):
    pass


@exposes(OUTCOME)
@strawberry.type(description="The notice is read, now or before.")
class NoticeRead:
    notice: NoticeType = strawberry.field(description="The notice, as it is now.")


@exposes(OUTCOME)
@strawberry.type(description="No notice is unread.")
class AllNoticesRead:
    marked: int = strawberry.field(description="How many were unread until now.")


@exposes(OUTCOME)
@strawberry.type(description="The language is chosen.")
class NoticeLanguageSet:
    language: NoticeLanguage = strawberry.field(description="The language of e-mails from now on.")


MarkNoticeReadResult = Annotated[
    NoticeRead | NoticeNotFound,
    strawberry.union("MarkNoticeReadResult", description="What became of `markNoticeRead`."),
]


@strawberry.input(description="Which notice was read.")
class MarkNoticeReadInput:
    notice_id: strawberry.ID = strawberry.field(description="The notice's id, `ntc_…`.")


@strawberry.input(description="In which language to write.")
class SetNoticeLanguageInput:
    language: NoticeLanguage = strawberry.field(description="The language of e-mails to the account.")


@strawberry.type
class OwnNoticeMutations:
    @strawberry.mutation(
        description="Note that a notice was read. A repetition changes nothing.", metadata=declare(WRITE)
    )
    async def mark_notice_read(
        self,
        info: Info,
        input: Annotated[MarkNoticeReadInput, strawberry.argument(description="The notice.")],
    ) -> MarkNoticeReadResult:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: actions.mark_read(work, account_id, input.notice_id),
            lambda _work, row: NoticeRead(notice=NoticeType.of(row)),
        )

    @strawberry.mutation(
        description="Note that all of the account's notices were read.", metadata=declare(WRITE)
    )
    async def mark_all_notices_read(self, info: Info) -> AllNoticesRead:
        account_id = account_of(info)
        return await run(
            info,
            lambda work: actions.mark_all_read(work, account_id),
            lambda _work, marked: AllNoticesRead(marked=marked),
        )

    @strawberry.mutation(
        description="Choose the language of e-mails to the account. The API itself answers in that of "
        "`Accept-Language`.",
        metadata=declare(WRITE),
    )
    async def set_notice_language(
        self,
        info: Info,
        input: Annotated[SetNoticeLanguageInput, strawberry.argument(description="The language.")],
    ) -> NoticeLanguageSet:
        account_id = account_of(info)

        def choose(work: Work) -> None:
            actions.set_language(work, account_id, str(input.language.value))

        return await run(info, choose, lambda _work, _none: NoticeLanguageSet(language=input.language))
