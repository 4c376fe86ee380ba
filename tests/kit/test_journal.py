"""The journal: durable, in order, and nobody changes it unseen."""

from __future__ import annotations

from pathlib import Path

import pytest

from server.kit.journal import LINE_BYTES_MAX, Journal, JournalDamaged


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    journal = Journal(tmp_path / "keys" / "some.journal")
    for number in range(3):
        journal.append({"number": number})
    return journal


def numbers(journal: Journal) -> list[int]:
    return [entry["number"] for entry in journal.entries()]


def test_entries_stay_in_their_order(journal: Journal) -> None:
    assert numbers(journal) == [0, 1, 2]
    assert journal.path.stat().st_mode & 0o077 == 0, "for its owner only"
    assert list(Journal(journal.path.with_name("none")).entries()) == []


def test_what_a_crash_left_of_a_line_is_cut_off(journal: Journal) -> None:
    whole = journal.path.read_bytes()
    journal.path.write_bytes(whole + b'{"entry": {"num')
    assert numbers(journal) == [0, 1, 2]
    journal.append({"number": 3})
    assert numbers(journal) == [0, 1, 2, 3]


@pytest.mark.parametrize("line", range(3))
def test_a_changed_or_missing_line_is_seen(journal: Journal, line: int) -> None:
    lines = journal.path.read_bytes().splitlines(keepends=True)
    changed = [*lines]
    changed[line] = changed[line].replace(b'"number": ', b'"number": 1')
    journal.path.write_bytes(b"".join(changed))
    with pytest.raises(JournalDamaged):
        numbers(journal)
    if line < 2:
        journal.path.write_bytes(b"".join(lines[:line] + lines[line + 1 :]))
        with pytest.raises(JournalDamaged):
            numbers(journal)
    journal.path.write_bytes(b"no json\n")
    with pytest.raises(JournalDamaged):
        numbers(journal)


def test_two_journals_become_one(journal: Journal, tmp_path: Path) -> None:
    other = Journal(tmp_path / "other")
    for number in (1, 2, 7):
        other.append({"number": number})
    assert journal.add_missing(other) == 1
    assert numbers(journal) == [0, 1, 2, 7]
    assert journal.add_missing(other) == 0


def test_an_entry_that_is_too_long_is_refused_and_changes_nothing(journal: Journal) -> None:
    with pytest.raises(ValueError, match="too long"):
        journal.append({"number": "x" * LINE_BYTES_MAX})
    assert numbers(journal) == [0, 1, 2]
