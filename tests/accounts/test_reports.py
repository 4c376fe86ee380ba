"""A suspected compromise: one call ends everything that acts for the account, and staff see the report."""

from __future__ import annotations

import pytest

from server.accounts import actions, reads
from server.accounts.actions.events import CompromiseReported
from server.accounts.reads import second_factors
from server.accounts.reads.reports import reports
from server.accounts.rules.people import InvitationInvalid, Role
from server.accounts.rules.reports import ReportKind, ReportNoteInvalid, normal_note
from server.kit.problems import PublicError
from server.kit.viewer import Viewer
from server.kit.work import Call, Units
from tests.accounts.conftest import Accounts
from tests.kit.test_card_numbers import card_number
from tests.staffed import Staff

REPORT = """mutation($input: ReportCompromiseInput!) { reportCompromise(input: $input) { __typename
    ... on CompromiseReported { reportId sessionsEnded apiKeysEnded } } }"""
LISTED = "{ securityReports { edges { node { id accountId kind note sessionsEnded } } } }"


@pytest.mark.rule("H025")
def test_there_are_three_kinds() -> None:
    assert [kind.value for kind in ReportKind] == ["UNAUTHORISED_ACCESS", "LOSS", "MISUSE"]


@pytest.mark.parametrize("note", ["x" * 2_001, f"my card {card_number('4', 16)}", "\x00", "\ud800"])
def test_a_note_is_a_short_text_without_a_card_number(note: str) -> None:
    with pytest.raises(ReportNoteInvalid):
        normal_note(note, 2_000)
    assert normal_note("  ", 2_000) is None
    assert normal_note(" two\nlines ", 2_000) == "two\nlines"


@pytest.mark.rule("P047", "H020")
async def test_any_member_ends_everything_that_acts_for_the_account(accounts: Accounts, units: Units) -> None:
    owner = await accounts.signed_in()
    bystander = await accounts.signed_in("somebody.else")
    member = await accounts.joined(owner, Role.VIEWER)
    key = await accounts.create_key(owner)
    invitation = await accounts.act(owner, lambda work: actions.invite_member(work, Role.VIEWER, None))
    asked = await accounts.act(owner, actions.start_passkey_proof)
    told, woken = accounts.told(CompromiseReported), list[int]()
    units.house.bus.listen(reads.authority_topic(owner.account_id or ""), lambda: woken.append(1))

    reported = await accounts.act(
        member, lambda work: actions.report_compromise(work, ReportKind.LOSS, "my telephone is gone")
    )
    assert (reported.sessions_ended, reported.keys_ended) == (2, 1)
    assert await accounts.viewer(key.secret) is None
    assert woken  # live feeds look again, and end
    valid = await units.read(lambda read: reads.still_valid(read, [owner, member, bystander]))
    assert valid == {bystander.credential_id}
    for actor in (owner, member):
        with pytest.raises(PublicError):
            await accounts.act(actor, lambda work: None)
    prepared = await accounts.passwords.prepare("third.person", "seven tired postmen whistle")
    with pytest.raises(InvitationInvalid):
        await units.run(
            Call("acceptInvitation"),
            lambda work: actions.accept_invitation(work, invitation.secret, "third.person", prepared),
        )
    open_one = await units.read(lambda read: second_factors.challenge(read, asked.token, "PASSKEY_PROOF"))
    assert open_one is None
    assert [(event.subject_id, event.report_kind) for event in told] == [(reported.id, "LOSS")]
    [row] = await units.read(lambda read: reports(read, owner.account_id, None, 10))
    assert row.reported_by == await person_of(units, member)
    assert await units.read(lambda read: reports(read, bystander.account_id, None, 10)) == []
    await accounts.sign_in()


async def person_of(units: Units, viewer: Viewer) -> str:
    person = await units.read(lambda read: reads.person_of_session(read, viewer.credential_id or ""))
    assert person is not None
    return str(person.id)


@pytest.mark.rule("P047", "H025")
@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
async def test_staff_see_what_was_reported(staff: Staff) -> None:
    given = {"kind": "MISUSE", "note": "somebody sends in our name"}
    reported = await staff.ask("CUSTOMER", REPORT, input=given)
    assert (reported["sessionsEnded"], reported["apiKeysEnded"]) == (1, 0)
    [edge] = (await staff.ask("SUPPORT", LISTED))["edges"]
    assert (edge["node"]["id"], edge["node"]["kind"], edge["node"]["note"]) == (
        reported["reportId"],
        "MISUSE",
        "somebody sends in our name",
    )
    node = "query($id: ID!) { node(id: $id) { id } }"
    assert await staff.ask("SUPPORT", node, id=reported["reportId"]) == {"id": reported["reportId"]}
    assert await staff.ask("FINANCE", node, id=reported["reportId"]) is None
    assert await staff.refused("FINANCE", LISTED) == "FORBIDDEN"
