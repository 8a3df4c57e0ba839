import re
import xml.etree.ElementTree as ET

import pytest
import sympy as sp

from verify.report.formulas import Formulas, box

x, a, n = sp.symbols("x a n", positive=True)
TYPICAL = [
    sp.Eq(x, a**2 / (1 + n)),
    sp.Piecewise((a * x, x < 0), (x, True)),
    sp.Matrix([[1, x / 2], [a, n]]),
    sp.Sum(x**n / sp.factorial(n), (n, 0, sp.oo)),
    sp.Product(1 + 1 / n, (n, 1, a)),
    sp.Integral(sp.exp(-(x**2) / 2), (x, -sp.oo, sp.oo)),
    sp.Limit(sp.sin(x) / x, x, 0),
    sp.binomial(n, a),
    sp.polygamma(0, n) + sp.erf(x) + sp.besselk(n, x),
    sp.floor(x) + sp.Abs(a - n),
    sp.And(x > 1, a <= n),
    sp.Equivalent(x > 1, a > 1),
    sp.Mod(x, 2),
]


@pytest.mark.parametrize("expression", TYPICAL, ids=str)
def test_what_sympy_prints_is_set(expression):
    shown = Formulas().show(sp.latex(expression))
    assert 'class="math"' in shown
    ET.fromstring(shown)


def test_what_cannot_be_set_is_read():
    shown = Formulas().show(r"\unknowncommand{x} < 1")
    assert 'class="math text"' in shown
    assert "unknowncommandx &lt; 1" in shown


def test_a_formula_says_what_it_is():
    assert 'role="img" aria-label="a²/2"' in Formulas().show(r"\frac{a^{2}}{2}")


def test_glyphs_stand_once_in_the_page():
    formulas = Formulas()
    shown = formulas.show("x + x") + formulas.show("x")
    defined = re.findall(r'<path id="(\w+)"', formulas.glyphs())
    assert len(defined) == len(set(defined)) == 2
    assert set(re.findall(r'href="#(\w+)"', shown)) == set(defined)


def test_long_formulas_may_be_broken():
    short, long = Formulas().show("x = a + n"), Formulas().show(" + ".join(["x^{2}"] * 30))
    assert short.count("<svg") == 1
    assert long.count("<svg") == 30


def test_a_fraction_bar_lies_between_its_halves():
    found = box(r"\frac{a}{b}")
    (_, y, width, height) = found.bars[0]
    ups = sorted(up for _, _, up, _ in found.glyphs)
    assert ups[0] < y < ups[1]
    assert 0 < height < 10 < width


def test_cases_are_aligned_on_the_left():
    found = box(r"\begin{cases} a & x \\ n & x \end{cases}")
    lefts = sorted(round(left) for _, left, _, _ in found.glyphs)
    assert len(set(lefts)) == 2
    assert found.strokes
