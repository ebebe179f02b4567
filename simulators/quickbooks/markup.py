"""How does a page look? One style sheet, a frame, tables and amounts; nothing from outside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
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
section .in1,section .in2,section .in3,section .in4{display:inline-block}
.panel{display:flex;flex-wrap:wrap;gap:.6rem 1.4rem;padding:.5rem 1rem .9rem;align-items:end}
form{display:flex;flex-wrap:wrap;gap:.5rem .8rem;align-items:end}label{color:var(--soft);font-size:.8rem;display:grid}
input,select,button{font:inherit;font-size:.9rem;padding:.3rem .55rem;border:1px solid var(--line);border-radius:7px;
background:var(--ground);color:var(--ink);max-width:100%}
select{max-width:15rem}button{cursor:pointer;color:var(--leaf);border-color:var(--leaf);background:var(--card)}
button.grave{color:var(--red);border-color:var(--red)}tr.strong td{font-weight:600}
.notice{margin:0 0 1rem;padding:.6rem 1rem;border:1px solid var(--leaf);border-radius:10px;background:var(--card)}
.notice.no{border-color:var(--red);color:var(--red)}.tabs{display:flex;flex-wrap:wrap;gap:.3rem 1.1rem;margin:0 0 1rem}
@media (max-width:40rem){main{padding:1rem .6rem 3rem}th,td{padding:.38rem .6rem}.two{grid-template-columns:1fr}}
"""

TABS = (
    ("/", "Overview"),
    ("/accounts", "Chart of accounts"),
    ("/customers", "Customers"),
    ("/items", "Products and services"),
    ("/transactions", "Transactions"),
    ("/trial-balance", "Trial balance"),
    ("/reports", "Reports"),
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


Choices = str | list[tuple[str, str]]


def form(
    address: str,
    known: Mapping[str, str],
    fields: Iterable[tuple[str, str, Choices, str]],
    button: str,
    *,
    method: str = "post",
    grave: bool = False,
) -> Html:
    """A form in one line: what is known, fields as (name, label, type or choices, value), and its button."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in known.items()
    )
    shown = "".join(_field(*field) for field in fields)
    style = ' class="grave"' if grave else ""
    return Html(
        f'<form method="{method}" action="{escape(address)}">{hidden}{shown}'
        f"<button{style}>{text(button)}</button></form>"
    )


def _field(name: str, label: str, kind: Choices, value: str) -> str:
    if isinstance(kind, str):
        inner = f'<input type="{kind}" name="{escape(name)}" value="{escape(value)}">'
    else:
        options = "".join(
            f'<option value="{escape(each)}"{" selected" if each == value else ""}>{text(shown)}</option>'
            for each, shown in kind
        )
        inner = f'<select name="{escape(name)}">{options}</select>'
    return f"<label>{text(label)} {inner}</label>"


def panel(title: str, *parts: Html) -> Html:
    """A titled box for forms and words."""
    head = f"<h2>{text(title)}</h2>" if title else ""
    return Html(f'<section>{head}<div class="panel">{"".join(parts)}</div></section>')


def notice(said: str, refused: str) -> Html:
    """What a form brought about, or why it did not."""
    if refused:
        return Html(f'<p class="notice no" role="alert">{text(refused)}</p>')
    return Html(f'<p class="notice" role="status">{text(said)}</p>' if said else "")


def report_table(title: str, heads: Sequence[str], rows: Iterable[tuple[int, bool, Sequence[str]]]) -> Html:
    """A report: rows as (depth, whether it is a title or a total, cells).

    A head that begins with # is a column of figures.
    """
    body = "".join(_report_row(heads, depth, strong, cells) for depth, strong, cells in rows)
    if not body:
        return Html(f"<section><h2>{text(title)}</h2><p>Nothing in this period.</p></section>")
    head = "".join(f'<th class="n">{text(h[1:])}</th>' if h.startswith("#") else f"<th>{text(h)}</th>" for h in heads)
    return Html(
        f"<section><h2>{text(title)}</h2><table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></section>"
    )


def _report_row(heads: Sequence[str], depth: int, strong: bool, cells: Sequence[str]) -> str:
    style = " class=strong" if strong else ""
    name = f'<span class="in{min(depth, 4)}">{text(cells[0])}</span>'
    span = next((at for at, cell in enumerate(cells) if at and cell), len(cells)) if strong else 1
    others = "".join(
        f'<td class="n">{money(Decimal(cell)) if cell else ""}</td>'
        if head.startswith("#")
        else f"<td>{text(cell)}</td>"
        for head, cell in zip(heads[span:], cells[span:], strict=True)
    )
    return f'<tr{style}><td colspan="{span}">{name}</td>{others}</tr>'


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
