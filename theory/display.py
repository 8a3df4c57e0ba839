"""How a claim looks: `claim_text` for a terminal, `claim_html` for a notebook.

Both show the same: where the document says it, every law with its role, the arguments, what is
assumed, the committed verdict, and a call that works.
"""

from __future__ import annotations

import html
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.schema import Choice, Claim, Domain, Integers, Law, Tuples

WIDTH = 96

ROLES = {
    "stated": "as the document states it",
    "corrected": "corrected",
    "sharper": "sharper, ours",
    "proof-step": "a step of the document's proof",
}
VERDICTS = {
    "holds": "holds",
    "holds-if": "holds only if an assumption is added that the document leaves out",
    "false-as-stated": "false as stated; a corrected law holds",
    "undecided": "undecided",
    "not-tested": "not tested",
}


# --- a terminal ------------------------------------------------------------------------------


def claim_text(claim: Claim) -> str:
    """The claim as text: what `claim("vev.prop4.3")` prints in a REPL."""
    blocks = [
        f"{claim.id}  {claim.title}\n{claim.source}  [{claim.kind}]",
        _block("The document says", [claim.source.says]),
        *(_law_text(law) for law in claim.laws),
        _parameter_text(claim),
    ]
    stated, left_out = _assumptions(claim)
    if stated:
        blocks.append(_block("Assumes", [f"- {words}" for words in stated]))
    if left_out:
        title = "Needs, and the document leaves out"
        blocks.append(_block(title, [f"- {words}" for words in left_out]))
    blocks.append(_block(f"Verdict: {_verdict(claim)}", [claim.because]))
    if claim.remark:
        blocks.append(_block("Remark", [claim.remark]))
    if claim.see:
        blocks.append(_block("See also", [", ".join(claim.see)]))
    blocks.append(_block("Checked by", [_checks(claim)]))
    call = example_call(claim)
    if call:
        blocks.append(f"Try\n  {call}")
    return "\n".join(line.rstrip() for line in "\n\n".join(blocks).splitlines())


def _block(title: str, paragraphs: Sequence[str]) -> str:
    wrapped = [
        textwrap.fill(
            paragraph,
            WIDTH,
            initial_indent="  ",
            subsequent_indent="    " if paragraph.startswith("- ") else "  ",
            break_long_words=False,
            break_on_hyphens=False,
        )
        for paragraph in paragraphs
    ]
    return "\n".join([title, *wrapped])


def _law_text(law: Law) -> str:
    # not wrapped by sympy: it would cut a fraction in two halves of which neither can be read
    drawn = sp.pretty(law.formula, use_unicode=True, wrap_line=False)
    if max(len(line) for line in drawn.splitlines()) > 2 * WIDTH:
        drawn = textwrap.fill(sp.sstr(law.formula), WIDTH - 6)
    paragraphs = [law.words] + ([f"Error term: {law.error}"] if law.error else [])
    return f"{_block(_law_title(law), paragraphs)}\n\n{textwrap.indent(drawn, ' ' * 6)}"


def _law_title(law: Law) -> str:
    role = ROLES[law.role]
    return f"Law, {role}" if law.name == law.role else f"Law {law.name!r}, {role}"


def _verdict(claim: Claim) -> str:
    return VERDICTS[claim.expected]


def _parameters(claim: Claim) -> dict[str, tuple[list[str], str]]:
    """Argument -> (domains with their limits, meaning), over all laws; each name once.

    Where laws take different ones, as a law that is tabulated up to some width, each is named.
    """
    meanings: dict[str, str] = {}
    domains: dict[str, dict[str, list[str]]] = {}
    for law in claim.laws:
        for p in law.parameters:
            letter = f"{p.symbol}, " if p.symbol is not None and str(p.symbol) != p.name else ""
            meanings.setdefault(p.name, letter + p.meaning)
            domain = f"{p.domain}{p.domain.limits}"
            domains.setdefault(p.name, {}).setdefault(domain, []).append(law.name)
    return {
        name: (
            [
                domain if len(domains[name]) == 1 else f"{', '.join(laws)}: {domain}"
                for domain, laws in domains[name].items()
            ],
            meaning,
        )
        for name, meaning in meanings.items()
    }


def _parameter_text(claim: Claim) -> str:
    parameters = _parameters(claim)
    left = max((len(name) for name in parameters), default=0) + 4
    lines = [
        textwrap.fill(
            line, WIDTH, initial_indent=indent, subsequent_indent=" " * left, break_on_hyphens=False
        )
        for name, (domains, meaning) in parameters.items()
        for indent, line in (
            (f"  {name:<{left - 2}}", meaning),
            *((" " * left, domain) for domain in domains),
        )
    ]
    return "\n".join(["Arguments", *(lines or ["  none"])])


def _assumptions(claim: Claim) -> tuple[list[str], list[str]]:
    """(what the document states, what it needs and leaves out)."""
    return (
        [a.words for a in claim.assumptions if a.stated],
        [a.words for a in claim.assumptions if not a.stated],
    )


def _checks(claim: Claim) -> str:
    """What stands behind the verdict, counted.

    "1 symbolic proof, 2 exact proofs, 7 measurements; 6 wrong versions must be rejected"
    """
    kinds = Counter(proof.kind for proof in claim.proofs)
    parts = [
        _count(kinds[kind], f"{kind} proof")
        for kind in ("symbolic", "exact", "rigorous", "numeric")
        if kinds[kind]
    ]
    if claim.probes:
        parts.append(_count(len(claim.probes), "measurement") + " on sampled networks")
    wrong = _count(len(claim.mutants), "wrong version")
    return f"{', '.join(parts) or 'nothing'}; {wrong} must be rejected"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" + ("" if n == 1 else "s")


# --- a call that works -----------------------------------------------------------------------


def example(claim: Claim) -> dict[str, Any] | None:
    """Arguments of the first law that satisfy its assumptions; None if none is at hand.

    Those of a measurement or a figure where there is one, else the plainest of each domain.
    """
    law = claim.laws[0]
    candidates: list[Mapping[str, Any]] = [p.at for p in claim.probes if law.name in p.laws]
    candidates += [
        curve.at(curve.xs[len(curve.xs) // 2]) for curve in claim.curves if law.name in curve.laws
    ]
    candidates.append({p.name: plain_member(p.domain) for p in law.parameters})
    for candidate in candidates:
        inside = all(p.domain.contains(candidate.get(p.name)) for p in law.parameters)
        if inside and all(a.holds_at(candidate) for a in claim.assumptions):
            return {p.name: candidate[p.name] for p in law.parameters}
    return None


def example_call(claim: Claim) -> str:
    """A line to paste: `claim("vev.prop4.3").evaluate(...)`; empty if no example is at hand."""
    values = example(claim)
    if values is None:
        return ""
    return call(claim, values, claim.laws[0])


def call(claim: Claim, values: Mapping[str, Any], law: Law) -> str:
    """A line to paste: a law of the claim at given arguments, by name unless it is the first."""
    distribution = any(
        p.estimand.kind == "distribution" for p in claim.probes if law.name in p.laws
    )
    method = "exact" if distribution else "evaluate"
    arguments = [f"{name}={_literal(value)}" for name, value in values.items()]
    if law is not claim.laws[0]:
        arguments = [f'"{law.name}"', *arguments]
    return f'claim("{claim.id}").{method}({", ".join(arguments)})'


def plain_member(domain: Domain) -> Any:
    """A small member of a domain: 3 for integers from 0, 1/2 for reals, the first option.

    >>> from theory.schema import Reals
    >>> plain_member(Integers(0)), plain_member(Integers(7, 8)), plain_member(Reals(-1, 1))
    (3, 8, 0.5)
    """
    if isinstance(domain, Choice):
        return domain.options[0]
    if isinstance(domain, Tuples):
        return (plain_member(domain.each),) * max(2, domain.min_size)
    if isinstance(domain, Integers):
        wanted = max(3, domain.low + 1)
        wanted = wanted if domain.high is None else min(wanted, domain.high)
        down = wanted - wanted % domain.step
        return down if down >= domain.low else down + domain.step
    tries = (0.5, 2.0, domain.low, domain.high, domain.low + 1, domain.high - 1)
    middle = (domain.low + domain.high) / 2
    return next((x for x in (*tries, middle) if domain.contains(x)), None)


def _literal(value: Any) -> str:
    """A value as it can be typed: fractions as quotients, equal widths as a product."""
    if isinstance(value, Fraction | sp.Rational):
        return str(value)
    if isinstance(value, list | tuple | range):
        members = [_literal(v) for v in value]
        if len(members) > 3 and len(set(members)) == 1:
            return f"({members[0]},) * {len(members)}"
        return f"({', '.join(members)}{',' if len(members) == 1 else ''})"
    return repr(value)


# --- a notebook ------------------------------------------------------------------------------


def claim_html(claim: Claim) -> str:
    """The claim as HTML for a notebook, formulas between $$ for MathJax. All text is escaped."""
    stated, left_out = _assumptions(claim)
    parts = [
        f"<h4><code>{_text(claim.id)}</code> {_text(claim.title)}</h4>",
        f"<p>{_text(str(claim.source))} <em>({_text(claim.kind)})</em></p>",
        _html_block("The document says", f"<p>{_text(claim.source.says)}</p>"),
        *(_law_html(law) for law in claim.laws),
        _html_block("Arguments", _parameter_table(claim)),
    ]
    if stated:
        parts.append(_html_block("Assumes", _html_list(stated)))
    if left_out:
        parts.append(_html_block("Needs, and the document leaves out", _html_list(left_out)))
    parts.append(_html_block(f"Verdict: {_verdict(claim)}", f"<p>{_text(claim.because)}</p>"))
    if claim.remark:
        parts.append(_html_block("Remark", f"<p>{_text(claim.remark)}</p>"))
    if claim.see:
        see = ", ".join(f"<code>{_text(other)}</code>" for other in claim.see)
        parts.append(_html_block("See also", f"<p>{see}</p>"))
    parts.append(_html_block("Checked by", f"<p>{_text(_checks(claim))}</p>"))
    call = example_call(claim)
    if call:
        parts.append(_html_block("Try", f"<pre><code>{_text(call)}</code></pre>"))
    return '<div class="depthlaws-claim">\n' + "\n".join(parts) + "\n</div>"


def _text(words: str) -> str:
    """Escaped; a dollar sign is fenced off, for MathJax would take two of them for a formula."""
    return html.escape(words).replace("$", "<span>$</span>")


def _html_block(title: str, body: str) -> str:
    return f"<p><strong>{_text(title)}</strong></p>\n{body}"


def _html_list(items: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in items) + "</ul>"


def _law_html(law: Law) -> str:
    # the browser undoes the escaping before MathJax reads the text: < and & occur in formulas
    formula = f"<div>$${html.escape(sp.latex(law.formula))}$$</div>"
    error = f"<p>Error term: {_text(law.error)}</p>" if law.error else ""
    return _html_block(_law_title(law), f"<p>{_text(law.words)}</p>\n{formula}{error}")


def _parameter_table(claim: Claim) -> str:
    rows = [
        f"<tr><td><code>{_text(name)}</code></td><td>{'<br>'.join(map(_text, domains))}</td>"
        f"<td>{_text(meaning)}</td></tr>"
        for name, (domains, meaning) in _parameters(claim).items()
    ]
    return f"<table>{''.join(rows)}</table>" if rows else "<p>none</p>"
