"""The printable page of a document: one HTML text that loads nothing and runs nothing."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from importlib.resources import files

from server.orders.adapters.sheet import Party, Row, Sheet


def page(sheet: Sheet) -> str:
    """The page; every text in it is escaped here."""
    title = f"{escape(sheet.title)} {escape(sheet.number)}"
    head, total = sheet.columns[0], sheet.total
    figures = "".join(f'<th scope="col" class="figure">{escape(column)}</th>' for column in sheet.columns[1:])
    return f"""<!doctype html>
<html lang="{escape(sheet.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>{title}</title>
<style>{_css()}</style>
</head>
<body>
<main>
<header>
<h1>{escape(sheet.title)}</h1>
<p class="number">{escape(sheet.number)}</p>
</header>
<div class="parties">{_party(sheet.seller)}{_party(sheet.customer)}</div>
<dl class="facts">{_pairs(sheet.facts[1:])}</dl>
<div class="lines"><table>
<caption class="unseen">{title}</caption>
<thead><tr><th scope="col">{escape(head)}</th>{figures}</tr></thead>
<tbody>{"".join(_row(row) for row in sheet.rows)}</tbody>
</table></div>
<dl class="sums">{_pairs(sheet.sums)}
<div class="total"><dt>{escape(total[0])}</dt><dd>{escape(total[1])}</dd></div></dl>
<footer>{"".join(f"<p>{escape(note)}</p>" for note in sheet.notes)}</footer>
</main>
</body>
</html>
"""


def content_security_policy() -> str:
    """Nothing but the page's own style sheet, known by its hash."""
    digest = base64.b64encode(hashlib.sha256(_css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _party(party: Party) -> str:
    lines = "".join(f'<span dir="auto">{escape(line)}</span>' for line in party.lines)
    name = f'<strong dir="auto">{escape(party.name)}</strong>'
    return f"<section><h2>{escape(party.label)}</h2><address>{name}{lines}</address></section>"


def _pairs(pairs: Iterable[tuple[str, str]]) -> str:
    return "".join(
        f'<div><dt>{escape(label)}</dt><dd dir="auto">{escape(value)}</dd></div>' for label, value in pairs
    )


def _row(row: Row) -> str:
    remark = f"<small>{escape(row.remark)}</small>" if row.remark else ""
    figures = "".join(f'<td class="figure">{escape(figure)}</td>' for figure in row.figures)
    return f'<tr><th scope="row">{escape(row.text)}{remark}</th>{figures}</tr>'


@lru_cache(maxsize=1)
def _css() -> str:
    return (files("server.orders") / "templates" / "invoice.css").read_text("utf-8")
