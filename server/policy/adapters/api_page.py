"""The page of what changed in the API: one HTML text that loads nothing and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Any

from sqlalchemy import Row

from server.policy.adapters.page import PATH, css
from server.policy.rules.wording import Wording

API_PATH = f"{PATH}/api-changes"
CHANGES_SHOWN_MAX = 500


def api_page(rows: Sequence[Row[Any]], wording: Wording) -> str:
    """The newest changes in a language, day by day."""
    heading = wording.page["api_changes"]
    days = groupby(rows, key=lambda row: row.changed_at.date().isoformat())
    sections = "".join(
        f"<h2>{day}</h2>\n<ul>{''.join(_item(row, wording) for row in members)}</ul>\n"
        for day, members in days
    )
    nothing = "" if rows else f'<p class="facts">{escape(wording.page["api_unchanged"])}</p>'
    return f"""<!doctype html>
<html lang="{escape(wording.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(heading)}</title>
<style>{css()}</style>
</head>
<body>
<main>
<nav><a href="{PATH}">{escape(wording.page["documents"])}</a></nav>
<h1>{escape(heading)}</h1>
{nothing}{sections}
</main>
</body>
</html>
"""


def _item(row: Row[Any], wording: Wording) -> str:
    said = wording.page[f"api_{row.kind.lower()}"]
    mark = f" <strong>{escape(wording.page['api_breaking'])}</strong>" if row.breaking else ""
    detail = f" <small>{escape(row.detail)}</small>" if row.detail else ""
    return f"<li>{escape(said)} <code>{escape(row.place)}</code>{mark}{detail}</li>\n"
