"""Links to files of a customer's own data (M012)."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

import strawberry

from server.campaigns import reads
from server.campaigns.graph.statistics_types import StepEnum
from server.campaigns.graph.types import OWN, READ
from server.campaigns.reads.exports import address_of, new_export
from server.campaigns.rules.exports import (
    OF_ACCOUNT,
    ExportFormat,
    ExportInvalid,
    ExportKind,
    check_subject,
)
from server.campaigns.rules.series import Step, TimeZoneUnknown, zone
from server.kit.graph.access import declare, exposes
from server.kit.graph.context import Info, account_of
from server.kit.graph.prices import EXPORT
from server.kit.problems import PublicError


@strawberry.enum(name="ExportKind", description="What is in a file.")
class ExportKindEnum(Enum):
    STATISTICS = strawberry.enum_value(
        "STATISTICS", description="A row for each campaign of the account, with all that is counted of it."
    )
    SERIES = strawberry.enum_value("SERIES", description="A row for each step of time of a campaign.")
    PARTS = strawberry.enum_value(
        "PARTS", description="A row for each link, domain, country, device and bounce code of a campaign."
    )
    RECIPIENTS = strawberry.enum_value(
        "RECIPIENTS",
        description="A row for each uploaded recipient of a campaign, with the instants of their first events.",
    )
    MESSAGES = strawberry.enum_value(
        "MESSAGES", description="A row for each campaign of the account, with its texts and declarations."
    )


@strawberry.enum(name="ExportFormat", description="In which form a file is.")
class ExportFormatEnum(Enum):
    CSV = strawberry.enum_value(
        "CSV", description="RFC 4180 in UTF-8. A text that could be taken for a formula has a ' in front."
    )
    XLSX = strawberry.enum_value("XLSX", description="A workbook. No text becomes a formula.")


@exposes(OWN)
@strawberry.type(description="Where a file can be downloaded without signing in.")
class ExportLink:
    path: str = strawberry.field(description="Path and query on this server.")
    expires_at: datetime = strawberry.field(description="From then on it is of no use; ask again.")


@strawberry.type
class ExportQueries:
    @strawberry.field(
        description="A fresh link to a file of the account's own data; null when there is no such campaign.",
        metadata=declare(READ, cost=EXPORT),
    )
    def export_link(
        self,
        info: Info,
        kind: Annotated[ExportKindEnum, strawberry.argument(description="What is in it.")],
        format: Annotated[ExportFormatEnum, strawberry.argument(description="In which form.")],
        campaign_id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Of which campaign; null for STATISTICS and MESSAGES."),
        ] = None,
        step: Annotated[
            StepEnum, strawberry.argument(description="How long each step of SERIES is.")
        ] = StepEnum.HOUR,
        time_zone: Annotated[
            str, strawberry.argument(description="The time zone of those steps, by its IANA name.")
        ] = "UTC",
    ) -> ExportLink | None:
        read, account_id, wanted = info.context.read, account_of(info), ExportKind[kind.name]
        try:
            check_subject(wanted, campaign_id)
            zone(time_zone)
        except (ExportInvalid, TimeZoneUnknown) as refused:
            raise PublicError("BAD_USER_INPUT", refused.message) from None
        if wanted not in OF_ACCOUNT and reads.campaign(read, account_id, campaign_id or "") is None:
            return None
        form, of_step = ExportFormat[format.name], Step[step.name]
        export = new_export(read, account_id, wanted, form, campaign_id, of_step, time_zone)
        return ExportLink(path=address_of(read, export), expires_at=export.expires_at)
