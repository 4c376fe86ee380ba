"""Sensitive values that the policy shows to some of the staff only (H017)."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from server.accounts.graph.types import StaffRole
from server.accounts.rules import Terms
from server.accounts.rules.staff import may_read_sensitive
from server.kit.graph.access import Access, Who, exposes
from server.kit.viewer import Viewer
from server.kit.work import Read


@exposes(Access(Who.SIGNED_IN, "security"))
@strawberry.type(
    description="That sensitive fields are null, whatever they hold, because the policy shows them to other roles only."
)
class Masked:
    fields: list[str] = strawberry.field(description="Which fields are masked, by their names.")
    readable_by: list[StaffRole] = strawberry.field(description="The roles that they are shown to.")


MASKED = "Which fields are masked for the role of who asks; null when none is."
"""The description of the field that says so."""


def masked(read: Read, viewer: Viewer, fields: Sequence[str]) -> Masked | None:
    """What is said of fields that the viewer, who is of the staff, may not read; None when they may."""
    readers = read.terms(Terms).sensitive_read_by
    if may_read_sensitive(viewer.staff_roles, readers):
        return None
    return Masked(fields=list(fields), readable_by=[StaffRole(role) for role in sorted(readers)])
