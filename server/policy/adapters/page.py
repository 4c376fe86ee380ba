"""The page of the policy: one HTML text that loads nothing and runs nothing, rendered from the clauses."""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from html import escape
from importlib.resources import files
from itertools import groupby

from server.policy.rules.profile import Clause, ClauseState, Document
from server.policy.rules.publishing import Published
from server.policy.rules.wording import Wording, by_kind, remark, text, title

PATH = "/policy"


def page(published: Published, document: Document, language: str) -> str:
    """The document in a language; a clause that is not written in it is shown in the authentic one, and marked so."""
    profile, wording = published.profile, published.wordings.of(language)
    heading = document.titles.get(wording.language) or document.name
    clauses = by_kind(profile, document)
    lacking = sum(language not in clause.texts for clause in clauses)
    sections = "".join(
        _section(title(group[0], wording), group, published, language)
        for _, group in ((kind, list(members)) for kind, members in groupby(clauses, lambda one: one.kind))
    )
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
{_links(published, document, language, wording)}
<nav><a href="{PATH}/api-changes">{escape(wording.page["api_changes"])}</a></nav>
<h1>{escape(heading)}</h1>
<p class="facts">{escape(_facts(document, wording))}</p>
<p class="facts">{escape(_authenticity(published, language, wording))}</p>
{f'<p class="missing">{escape(wording.page["missing"].format(count=lacking))}</p>' if lacking else ""}
{sections}
</main>
</body>
</html>
"""


def content_security_policy() -> str:
    """Nothing but the page's own style sheet, known by its hash."""
    digest = base64.b64encode(hashlib.sha256(css().encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    )


def _section(heading: str, clauses: list[Clause], published: Published, language: str) -> str:
    items = "".join(_item(clause, published, language) for clause in clauses)
    return f"<h2>{escape(heading)}</h2>\n<ul>{items}</ul>\n"


def _item(clause: Clause, published: Published, language: str) -> str:
    written = language in clause.texts
    shown_in = language if written else published.profile.authentic
    sentence = text(clause, published.wordings.of(shown_in)) or clause.key
    mark = "" if written else f' lang="{escape(shown_in)}"'
    return f"<li{mark}>{escape(sentence)}{_remark(clause, published.wordings.of(language))}</li>\n"


def _remark(clause: Clause, wording: Wording) -> str:
    said = remark(clause, wording)
    if said is None:
        return ""
    mark = ' class="not-yet"' if clause.state is ClauseState.NOT_YET else ""
    return f" <small{mark}>({escape(said)})</small>"


def _links(published: Published, document: Document, language: str, wording: Wording) -> str:
    languages = [
        _link(document, one, published.wordings.of(one).words[one], one == language)
        for one in published.profile.languages
    ]
    others = [
        _link(each, language, each.titles.get(wording.language) or each.name, each == document)
        for each in published.profile.documents
    ]
    labelled = ((wording.page["documents"], others), (wording.page["languages"], languages))
    return "".join(f'<nav aria-label="{escape(label)}">{"".join(links)}</nav>\n' for label, links in labelled)


def _link(document: Document, language: str, label: str, here: bool) -> str:
    target = f"{PATH}?document={escape(document.name)}&amp;language={escape(language)}"
    current = ' aria-current="page"' if here else ""
    return f'<a href="{target}"{current}>{escape(label)}</a>'


def _facts(document: Document, wording: Wording) -> str:
    effective = document.effective_at.date().isoformat()
    return wording.page["version"].format(version=document.version, effective=effective)


def _authenticity(published: Published, language: str, wording: Wording) -> str:
    authentic = published.profile.authentic
    if language == authentic:
        return wording.page["authentic"]
    return wording.page["translation"].format(language=wording.words.get(authentic, authentic))


@lru_cache(maxsize=1)
def css() -> str:
    """The style sheet of the pages."""
    return (files("server.policy") / "templates" / "page.css").read_text("utf-8")
