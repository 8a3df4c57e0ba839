import pytest
import sympy as sp

from verify.report.latex import cells, pieces, plain, translate, upright

x, n = sp.symbols("x n")


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        (sp.Eq(sp.Symbol("kappa_1"), x**2 / 3), "κ_1 = x²/3"),
        (sp.sqrt(x) + sp.oo, "√(x) + ∞"),
        (sp.sqrt(x + 1), "√(x + 1)"),
        (sp.Piecewise((x, x < 0), (0, True)), "x for x < 0 ; 0 otherwise"),
        (sp.binomial(n, x), "C(n, x)"),
        (sp.gamma(x / 2), "Γ(x/2)"),
        (sp.Abs(x), "|x|"),
    ],
)
def test_a_formula_can_be_read_aloud(expression, text):
    assert plain(sp.latex(expression)) == text


def test_reading_never_fails():
    for broken in ("{", r"\frac{a", "}", r"\sqrt[", "^", r"\left"):
        assert isinstance(plain(broken), str)


def test_pieces_are_the_whole():
    whole = r"y = \frac{a + b}{c} \left(1 - d\right) + e \leq -f"
    found = pieces(whole)
    assert len(found) == 4
    assert "".join(found).replace("{}", "").replace(" ", "") == whole.replace(" ", "")


def test_a_sign_is_no_sum():
    assert pieces("-a") == ["-a"]
    assert pieces("x = -a") == ["x", "{} = -a"]


def test_bare_names_are_set_upright():
    assert upright("Cov kappa_1") == r"\mathrm{Cov}\, \kappa_1"
    assert upright(r"\operatorname{Cov}\text{otherwise}") == r"\operatorname{Cov}\text{otherwise}"


def test_cells_fill_up():
    assert cells(r"1 & 2 \\ 3") == [["1", "2"], ["3", "{}"]]


def test_only_outer_fractions_are_large():
    assert (
        translate(r"\frac{\frac{1}{2}}{x^{\frac{1}{2}}}") == r"\dfrac{\frac{1}{2}}{x^{\frac{1}{2}}}"
    )
