"""What the mutations of campaigns share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import strawberry

from server.campaigns.graph.types import CampaignType
from server.campaigns.reads import CampaignRow
from server.kit.work import Work

ASKED = strawberry.argument(description="What is asked for.")


def presented(payload: type[Any]) -> Callable[[Work, CampaignRow], Any]:
    """Make a payload whose only field is the campaign."""
    return lambda work, row: payload(campaign=CampaignType.of(work, row))
