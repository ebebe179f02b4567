"""How does a page look? One style sheet, a frame, tables and amounts; nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from html import escape

STYLE = """
:root{--ink:#1c2823;--soft:#5d6b64;--line:#e1e7e3;--ground:#f4f7f5;--card:#fff;--leaf:#1f7a4d;--red:#b3372b}
@media (prefers-color-scheme:dark){:root{--ink:#e6ece8;--soft:#9aa8a0;--line:#2c3832;--ground:#121915;--card:#1a231e;
--leaf:#5cc08d;--red:#f0857a}}
*{box-sizing:border-box}body{margin:0;background:var(--ground);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
a{color:var(--leaf);text-decoration:none}a:hover,a:focus{text-decoration:underline}
header{background:var(--card);border-bottom:1px solid var(--line);padding:1rem 1.5rem .1rem}
header .who{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline}
header h1{font-size:1.25rem;margin:0}header .who span{color:var(--soft);font-size:.85rem}
nav{display:flex;flex-wrap:wrap;gap:0 1.2rem;margin-top:.5rem}
nav a{padding:.45rem 0;border-bottom:3px solid transparent;color:var(--soft)}
nav a.here{color:var(--ink);border-color:var(--leaf);font-weight:600}
main{max-width:76rem;margin:0 auto;padding:1.25rem 1.5rem 4rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.8rem;margin-bottom:1.2rem}
.tile,section{background:var(--card);border:1px solid var(--line);border-radius:10px}
.tile{padding:.8rem 1rem}.tile b{display:block;font-size:1.35rem;font-variant-numeric:tabular-nums}
.tile span{color:var(--soft);font-size:.82rem}
section{margin-bottom:1.2rem;overflow-x:auto}section h2{font-size:1rem;margin:0;padding:.8rem 1rem .3rem}
section p{margin:0;padding:.3rem 1rem .9rem;color:var(--soft)}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.38rem 1rem;border-top:1px solid var(--line);
vertical-align:top}th{color:var(--soft);font-weight:600;font-size:.78rem;border-top:0}
td:first-child{white-space:nowrap}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.minus{color:var(--red)}.soft{color:var(--soft)}.bad{color:var(--red);font-weight:600}
.in1{padding-left:2rem}.in2{padding-left:3rem}.in3{padding-left:4rem}.in4{padding-left:5rem}
pre{margin:0;padding:.8rem 1rem;overflow:auto;font:12.5px/1.5 ui-monospace,Consolas,monospace;max-height:40rem}
.two{display:grid;gap:1.2rem;grid-template-columns:repeat(auto-fit,minmax(22rem,1fr));align-items:start}
@media (max-width:40rem){main{padding:1rem .6rem 3rem}th,td{padding:.38rem .6rem}.two{grid-template-columns:1fr}}
"""

TABS = (
    ("/", "Overview"),
    ("/accounts", "Chart of accounts"),
    ("/customers", "Customers"),
    ("/items", "Products and services"),
    ("/transactions", "Transactions"),
    ("/trial-balance", "Trial balance"),
    ("/requests", "Requests"),
)


class Html(str):
    """Text that is already markup."""


def text(value: object) -> Html:
    """Any value as markup; only `Html` passes as it is."""
    return value if isinstance(value, Html) else Html(escape(str(value)))


def money(amount: Decimal | int) -> Html:
    """An amount with thousands separators; below zero in parentheses' stead with a minus and in red."""
    shown = f"{Decimal(amount):,.2f}"
    return Html(f'<span class="minus">−{shown[1:]}</span>') if amount < 0 else Html(shown)


def link(address: str, shown: object) -> Html:
    """A link inside these pages."""
    return Html(f'<a href="{escape(address)}">{text(shown)}</a>')


def styled(shown: object, style: str) -> Html:
    """Text in one of the style sheet's classes."""
    return Html(f'<span class="{style}">{text(shown)}</span>')


def table(
    title: str, heads: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str = "Nothing here yet."
) -> Html:
    """A titled table; a head that begins with # is a column of figures."""
    body = [_row(heads, cells) for cells in rows]
    if not body:
        return Html(f"<section><h2>{text(title)}</h2><p>{text(empty)}</p></section>")
    head = "".join(f'<th class="n">{text(h[1:])}</th>' if h.startswith("#") else f"<th>{text(h)}</th>" for h in heads)
    return Html(
        f"<section><h2>{text(title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{''.join(body)}</tbody></table></section>"
    )


def _row(heads: Sequence[str], cells: Sequence[object]) -> str:
    shown = (
        f'<td class="n">{text(cell)}</td>' if head.startswith("#") else f"<td>{text(cell)}</td>"
        for head, cell in zip(heads, cells, strict=True)
    )
    return f"<tr>{''.join(shown)}</tr>"


def tiles(*pairs: tuple[str, object]) -> Html:
    """A row of figures with what they are."""
    each = (f'<div class="tile"><b>{text(figure)}</b><span>{text(called)}</span></div>' for called, figure in pairs)
    return Html(f'<div class="tiles">{"".join(each)}</div>')


def code(title: str, content: str) -> Html:
    """A titled block of preformatted text."""
    return Html(f"<section><h2>{text(title)}</h2><pre>{text(content or '(empty)')}</pre></section>")


def side_by_side(*parts: Html) -> Html:
    """Parts beside each other where there is room."""
    return Html(f'<div class="two">{"".join(parts)}</div>')


def page(name: str, about: Iterable[str], here: str, *parts: Html) -> str:
    """A whole page."""
    tabs = "".join(
        f'<a href="{address}"{" class=here aria-current=page" if address == here else ""}>{shown}</a>'
        for address, shown in TABS
    )
    facts = "".join(f"<span>{text(each)}</span>" for each in about)
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1"><link rel="icon" href="data:,">'
        f"<title>{text(name)} · rehearsal company</title><style>{STYLE}</style></head><body>"
        f'<header><div class="who"><h1>{text(name)}</h1>{facts}</div><nav>{tabs}</nav></header>'
        f"<main>{''.join(parts)}</main></body></html>"
    )
