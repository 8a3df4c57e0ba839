"""What a claim prints: everything a reader needs, escaped, with a call that works."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser

import pytest
import sympy as sp

from theory import claim
from theory.display import claim_html, claim_text, example, example_call, plain_member
from theory.schema import Choice, Claim, Domain, Integers, Law, Parameter, Reals, Tuples

CLAIM = claim("vev.prop4.3")


class Balance(HTMLParser):
    """Open and closed tags, and the text a browser would show."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def shown(html: str) -> str:
    parser = Balance()
    parser.feed(html)
    assert not parser.open
    return parser.text


def squeezed(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("show", [claim_text, lambda c: shown(claim_html(c))], ids=["text", "html"])
def test_says_all_of_it(show: Callable[[Claim], str]) -> None:
    text = squeezed(show(CLAIM))
    parts = [CLAIM.id, CLAIM.title, str(CLAIM.source), CLAIM.source.says, CLAIM.kind, CLAIM.because]
    parts += [CLAIM.remark, "as the document states it", "the document leaves out", "holds only if"]
    parts += [law.words for law in CLAIM.laws] + [a.words for a in CLAIM.assumptions]
    parts += [text for p in CLAIM.parameters for text in (p.name, p.meaning, str(p.domain))]
    for part in (*parts, example_call(CLAIM)):
        assert squeezed(part) in text


def test_repr_is_the_text_and_notebooks_get_html() -> None:
    assert repr(CLAIM) == claim_text(CLAIM)
    assert CLAIM._repr_html_() == claim_html(CLAIM)
    assert CLAIM._repr_latex_().startswith("$$")


def test_text_is_drawn_in_unicode_and_is_not_too_wide() -> None:
    lines = claim_text(CLAIM).splitlines()
    assert any("σ⁴" in line for line in lines)
    assert max(map(len, lines[:-1])) <= 96
    assert all(line == line.rstrip() for line in lines)


def test_formulas_reach_mathjax_unharmed() -> None:
    """The browser undoes the escaping before MathJax reads the text."""
    assert f"$${sp.latex(CLAIM.formula)}$$" in shown(claim_html(CLAIM))
    less = replace(simple().laws[0], formula=sp.Lt(sp.Symbol("a"), sp.Symbol("b")), evaluate=len)
    html = claim_html(replace(simple(), laws=(less,)))
    assert "$$a &lt; b$$" in html
    assert "$$a < b$$" in shown(html)


def test_words_are_escaped() -> None:
    evil = replace(CLAIM, title="<script>alert(1)</script> costs $1 or $2", see=("<b>",))
    html = claim_html(evil)
    assert "<script>" not in html
    assert "<b>" not in html
    assert "$1" not in html  # two dollar signs in words are no formula
    assert evil.title in shown(html)


def test_caps_are_told_and_each_law_its_own() -> None:
    widths = squeezed(claim_text(CLAIM)).partition("Arguments")[2]
    assert "each an integer >= 1" in widths
    assert "at most 1000 of them" in widths
    text = squeezed(claim_text(claim("vev.law.product")))
    assert "distribution, tail: a sequence of at least 1, each an integer >= 1 and <= 500" in text
    assert "moments: a sequence of at least 1, each an integer >= 1, at most 10000" in text
    assert "in (0, inf), of magnitude 1e-25 to 1e+25" in text


def test_the_call_works() -> None:
    value = eval(example_call(CLAIM), {"claim": claim})
    assert value == CLAIM.evaluate(**example(CLAIM) or {})


@pytest.mark.parametrize(
    "domain",
    [
        Integers(0), Integers(5, 5), Integers(2, step=2), Integers(5, 6, step=6), Integers(-9, -7),
        Reals(), Reals(0, 1, True, True), Reals(1),
        Reals(high=-3), Reals(2, 2), Reals(0.1, 0.2, True, True), Choice(("a", "b")),
        Tuples(Integers(1)), Tuples(Reals(0), min_size=4),
    ],
    ids=str,
)  # fmt: skip
def test_plain_member_is_a_member(domain: Domain) -> None:
    assert domain.contains(plain_member(domain))


def simple(**fields: object) -> Claim:
    law = Law("stated", sp.Symbol("n"), (Parameter("n", Integers(1), "n", sp.Symbol("n")),), "n")
    return replace(CLAIM, laws=(law,), proofs=(), probes=(), curves=(), assumptions=(), **fields)


def test_example_without_measurements() -> None:
    assert example_call(simple()) == 'claim("vev.prop4.3").evaluate(n=3)'


def test_no_example_is_better_than_a_wrong_one() -> None:
    from theory.schema import stated

    impossible = replace(simple(), assumptions=(stated("never", lambda p: False),))
    assert example(impossible) is None
    assert "Try" not in claim_text(impossible)


def test_a_claim_with_almost_nothing_prints() -> None:
    bare = simple(remark="", see=())
    assert "nothing; 0 wrong versions must be rejected" in claim_text(bare)
    assert "Remark" not in claim_text(bare)
