"""Proofs of the laws of two_layers.py: literal layers enumerated, roots by hand, the sphere cut."""

from __future__ import annotations

import functools
import itertools
from fractions import Fraction
from typing import Any

import mpmath
import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import LATER, Finding, Proof, as_mpf
from theory.symbols import kappa_w
from theory.vanishing_variance.two_layers import CASES, SIGNS, enclosed, q, x

FIVE_POINT: en.Law = {
    Fraction(-2): Fraction(1, 10), Fraction(-1): Fraction(1, 5), Fraction(0): Fraction(2, 5),
    Fraction(1): Fraction(1, 5), Fraction(2): Fraction(1, 10),
}  # fmt: skip
LAWS_OF_WEIGHTS = (en.SIGN, en.THREE_POINT, en.GAUSS_LIKE, FIVE_POINT)
TO_READ = ((1,), (1, 0), (1, 1), (1, 2), (2, 3), (1, 0, 0), (1, 1, 0), (1, 1, 1), (1, 2, 2))


def above(weights: en.Law, v: tuple[int, ...], units: int) -> en.Joint:
    """Law of S v/|v| times |v| for `units` literal rows, in units of the weights' deviation."""
    joint = {tuple(Fraction(t) for t in v): Fraction(1)}
    return en.next_layer(joint, units, weights, en.leaky(Fraction(1)))


def share_of(v: Any) -> Fraction:
    """sum v^4/(sum v^2)^2."""
    square = sum((Fraction(t) ** 2 for t in v), Fraction(0))
    return sum((Fraction(t) ** 4 for t in v), Fraction(0)) / square**2


@functools.cache
def spreads() -> tuple[tuple[str, dict[str, Any], Fraction, bool], ...]:
    """(label, arguments, Var(N_1/N_0), whether N_1/N_0 takes one value only) of literal layers."""
    rows = []
    for weights, v, units in itertools.product(LAWS_OF_WEIGHTS, TO_READ, (1, 2)):
        scale = 1 / (sum(t * t for t in v) * en.moment(weights, 2) * units)
        joint = above(weights, v, units)
        ratio = {y: scale * sum((t * t for t in y), Fraction(0)) for y in joint}
        variance = sum((p * (ratio[y] - 1) ** 2 for y, p in joint.items()), Fraction(0))
        kw = en.kurtosis(weights)
        at = {"weight_kurtosis": kw, "share": share_of(v), "units": units}
        label = f"kappa_w = {kw}, reads {v}, {units} units"
        rows.append((label, at, variance, len(set(ratio.values())) == 1))
    return tuple(rows)


def spread_enumerated(law: Any) -> Finding:
    """Every weight of one literal layer, four weight laws, nine directions."""
    return prove.cases((label, law(**at), variance) for label, at, variance, _ in spreads())


def constant_only_for_signs(law: Any) -> Finding:
    """N_1/N_0 takes one value only where the law is 0: +-1 weights that read one unit."""
    kw, share = 1 + sp.Symbol("k", nonnegative=True), sp.Symbol("p", nonnegative=True)
    split = sp.expand(law(weight_kurtosis=kw, share=1 - share, units=1))
    facts = [
        (f"{label}: constant = {constant}", constant == (law(**at) == 0))
        for label, at, _, constant in spreads()
    ]
    zero = sp.expand(split - (kw - 1) * (1 - share) - 2 * share)
    facts.append(("(kappa_w - 1) q and 2 (1 - q), both >= 0", prove.is_zero(zero)))
    return prove.truth(
        facts, predicted="0 only at kappa_w = 1, q = 1", found="supports of literal layers"
    )


def spread_expanded(law: Any) -> Finding:
    """E (sum u_j s_j)^4 term by term, three units read, u and kappa_w symbols."""
    u, s = sp.symbols("u1:4", real=True), sp.symbols("s1:4")
    of_weights = {0: sp.Integer(1), 2: sp.Integer(1), 4: kappa_w}
    row = sp.Poly(sp.expand(sum(a * b for a, b in zip(u, s, strict=True)) ** 4), *s)
    fourth = sum(
        c * sp.prod([of_weights[k] for k in powers])
        for powers, c in row.terms()
        if all(k % 2 == 0 for k in powers)
    )
    length = sum(t**2 for t in u)
    share = sum(t**4 for t in u) / length**2
    return prove.identities(
        (
            (
                f"{n} units",
                law(weight_kurtosis=kappa_w, share=share, units=n) - (fourth / length**2 - 1) / n,
            )
            for n in (1, 3)
        ),
        predicted=str(law(weight_kurtosis=kappa_w, share=q, units=1)),
        found="the fourth moment of a row, expanded",
    )


@functools.cache
def chains() -> tuple[tuple[str, dict[str, Any], Any, bool], ...]:
    """(label, arguments, the bound by its steps, whether they hold pointwise) of literal layers."""
    rows = []
    for weights, v, middle in itertools.product(LAWS_OF_WEIGHTS[:3], TO_READ, (1, 2, 3)):
        if len(v) * middle > 6:
            continue
        length, variance = sum(t * t for t in v), en.moment(weights, 2)
        most = prove.exact(max(weights) ** 2 / variance)  # B^2
        mixed, holds = Fraction(0), True
        for y, p in above(weights, v, middle).items():
            square = sum((t * t for t in y), Fraction(0))
            ratio = square / (length * variance * middle)  # Y
            holds = holds and prove.exact(ratio) <= most * len(v)
            if square:
                mixed += p * ratio**2 * (1 - share_of(y))
        edge = (most * len(v)) ** sp.Rational(3, 2) * (1 + sp.sqrt(most * middle)) ** 2
        for units in (1, 4):
            at = {"reads": len(v), "middle": middle, "units": units, "largest": sp.sqrt(most)}
            label = f"kappa_w = {en.kurtosis(weights)}, reads {v}, {middle} and {units} units"
            rows.append((label, at, 1 - prove.exact(mixed) / (units * edge), holds))
    return tuple(rows)


def by_steps(law: Any) -> Finding:
    """E Y^2 (1 - q_1) of literal layers, and the two inequalities that turn it into the bound."""
    root = sp.Symbol("t", positive=True)  # sqrt X
    step = (1 - root) - (1 - root**2) / 2 - (1 - root**2) ** 2 / (2 * (1 + root) ** 2)
    if prove.is_zero(step) is not True or not all(holds for *_, holds in chains()):
        return Finding(False, "1 - sqrt X = (1-X)/2 + (1-X)^2/(2 (1+sqrt X)^2)", str(step))
    return prove.cases((label, law(**at).high, found) for label, at, found, _ in chains())


@functools.cache
def ratios() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """(label, arguments, E (N_2/N_0)^{1/2}) of two literal layers from a direction, 30 digits."""
    rows = []
    with mpmath.workdps(30):
        for weights, shape in itertools.product(
            (en.SIGN, en.THREE_POINT), ((1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 2, 1), (2, 2, 2))
        ):
            reads, middle, units = shape
            variance = en.moment(weights, 2)
            largest = sp.sqrt(prove.exact(max(weights) ** 2 / variance))
            at = {"reads": reads, "middle": middle, "units": units, "largest": largest}
            for v in (d for d in TO_READ[:4] if len(d) == reads):
                root = literal_root(weights, v, (middle, units))
                rows.append((f"kappa_w = {en.kurtosis(weights)}, {shape}, reads {v}", at, root))
    return tuple(rows)


def literal_root(
    weights: en.Law, v: tuple[int, ...], widths: tuple[int, ...], slope: int = 1
) -> Any:
    """E (N_last/N)^{1/2} of literal layers on top of v, phi = x or |x|; an mpf."""
    joint = {tuple(Fraction(t) for t in v): Fraction(1)}
    joint = en.network(joint, widths, weights, en.leaky(Fraction(slope)))
    reads = (len(v), *widths[:-1])
    scale = Fraction(len(v), widths[-1] * sum(t * t for t in v))
    for n in reads:
        scale /= n * en.moment(weights, 2)
    return mpmath.fsum(
        as_mpf(p) * mpmath.sqrt(as_mpf(scale * sum((t * t for t in y), Fraction(0))))
        for y, p in joint.items()
    )


def two_literal_layers(law: Any) -> Finding:
    """Every weight of two literal layers; a single unit keeps |y| under +-1 weights."""
    with mpmath.workdps(30):
        facts = [
            (f"{label}: {mpmath.nstr(root, 8)}", root <= as_mpf(law(**at).high) + 1e-25)
            for label, at, root in ratios()
        ]
        single = next(root for label, _, root in ratios() if "= 1, (1, 1, 1)" in label)
        facts.append(("one unit, +-1 weights: the ratio is 1", single == 1))
    return prove.truth(facts, predicted="at most the bound", found="two layers enumerated")


ON_THE_CIRCLE = ((1, 0), (1, 1), (2, 1), (3, 1), (3, 2), (7, 2))


@functools.cache
def sign_layers() -> tuple[tuple[str, Any, Any], ...]:
    """(label, x, E (N_2/N_0)^{1/2}) of two literal layers of +-1 weights, as sums of roots."""
    rows = []
    for v in ON_THE_CIRCLE:
        joint = en.network(above(en.SIGN, v, 2), (2,), en.SIGN, en.leaky(Fraction(1)))
        length = v[0] ** 2 + v[1] ** 2
        value = sp.Add(
            *(
                prove.exact(p) * sp.sqrt(sp.Rational(int(y[0] ** 2 + y[1] ** 2), 4 * length))
                for y, p in joint.items()
            )
        )
        rows.append((f"reads {v}", sp.Rational(2 * v[0] * v[1], length), value))
    return tuple(rows)


def signs_enumerated(law: Any) -> Finding:
    """All 256 pairs of 2 x 2 matrices, six directions."""
    with mpmath.workdps(60):
        return prove.close(
            ((label, law(mixing=v), sp.N(value, 55)) for label, v, value in sign_layers()),
            digits=40,
            detail="sums of square roots of fractions",
        )


def signs_largest(law: Any) -> Finding:
    """A concave function whose derivative vanishes at a point where it is 1/4 + sqrt(14+8r2)/8."""
    f = law(mixing=x)
    big, small = (2 + 3 * sp.sqrt(2)) / 16, (2 + sp.sqrt(2)) / 16
    at = (12 - 2 * sp.sqrt(2)) / 17
    bend = (big * (1 + x) ** sp.Rational(-3, 2) + small * (1 - x) ** sp.Rational(-3, 2)) / 4
    facts = [
        ("its derivative vanishes there", abs(sp.N(sp.diff(f, x).subs(x, at), 50)) < 1e-45),
        ("its value there", abs(sp.N(f.subs(x, at) - SIGNS, 50)) < 1e-45),
        ("it is the norm of the coefficients",
         prove.is_zero((SIGNS - sp.Rational(1, 4)) ** 2 - sp.expand(2 * (big**2 + small**2)))),
        ("concave: a sum of two roots of positive weights", prove.is_zero(sp.diff(f, x, 2) + bend)),
    ]  # fmt: skip
    return prove.truth(facts, predicted=f"largest at x = {at}", found=f"{SIGNS} = 0.878909...")


@functools.cache
def literal_largest() -> tuple[tuple[str, Any], ...]:
    """(case, E (N_2/N_0)^{1/2} of literal layers in the best direction that the search found)."""
    laws = {"signs": en.SIGN, "three-point": en.THREE_POINT}
    with mpmath.workdps(30):
        return tuple(
            (name, literal_root(laws[name.split(",")[0]], enclosed(name)[2], (width, width)))
            for name, (_, width, _) in CASES.items()
        )


def supremum(law: Any) -> Finding:
    """Reached within 1/1000 by literal layers, and no direction exceeds it: the sphere is cut."""
    facts = []
    for name, found in literal_largest():
        high = law(layer=name, depth=3).high
        value, most = as_mpf(sp.sympify(high)), enclosed(name)[1]
        facts += [
            (f"{name}: literal {mpmath.nstr(found, 8)} <= {mpmath.nstr(value, 8)}", found <= value),
            (f"{name}: all directions at most {float(most):.8f}",
             as_mpf(most) * mpmath.mpf("0.999") <= value <= as_mpf(most) + mpmath.mpf(10) ** -6),
        ]  # fmt: skip
    return prove.truth(facts, predicted="the supremum over the sphere", found="both sides of it")


@functools.cache
def deep_signs() -> tuple[tuple[str, dict[str, Any], Any], ...]:
    """E N_d^{1/2}/E N_1^{1/2} of literal networks of width 2, inputs of signs."""
    rows = []
    with mpmath.workdps(30):
        for name, weights, slope in (
            ("signs", en.SIGN, 1), ("signs", en.SIGN, -1), ("three-point", en.THREE_POINT, -1),
        ):  # fmt: skip
            first = literal_root(weights, (1, 1), (2,), slope)
            for d in (2, 3, 5):
                root = literal_root(weights, (1, 1), (2,) * d, slope)
                at = {"layer": f"{name}, width 2", "depth": d}
                rows.append((f"{name}, a = {slope}, d = {d}", at, root / first))
    return tuple(rows)


def deep_networks(law: Any) -> Finding:
    """Every weight of networks of width 2, up to five layers."""
    with mpmath.workdps(30):
        return prove.truth(
            (
                (f"{label}: {mpmath.nstr(ratio, 8)}", ratio <= as_mpf(law(**at).high) + 1e-25)
                for label, at, ratio in deep_signs()
            ),
            predicted="at most sup^floor((d-1)/2)",
            found="E N_d^{1/2}/E N_1^{1/2} enumerated",
        )


PROOFS = (
    Proof(
        "row expanded", "symbolic", "the fourth moment of a row, three units read",
        spread_expanded, law="spread of a layer",
    ),
    Proof(
        "layers enumerated", "exact", "literal layers, four weight laws, nine directions",
        spread_enumerated, law="spread of a layer",
    ),
    Proof(
        "constant only for signs", "exact", "where a layer keeps ||y|| with certainty",
        constant_only_for_signs, law="spread of a layer",
    ),
    Proof(
        "steps of the bound", "exact", "E Y^2 (1 - q_1) of literal layers, and the inequalities",
        by_steps, law="two layers",
    ),
    Proof(
        "two literal layers", "numeric", "below the bound; one unit and +-1 weights reach 1",
        two_literal_layers, law="two layers",
    ),
    Proof(
        "pairs of 2 x 2 matrices", "numeric", "all of them, six directions", signs_enumerated,
        law="two layers of signs",
    ),
    Proof(
        "largest", "symbolic", "its largest value is 1/4 + sqrt(14 + 8 sqrt 2)/8", signs_largest,
        law="two layers of signs",
    ),
    Proof(
        "supremum", "rigorous", "the sphere cut into cones, a norm bounded on each", supremum,
        law="layers of signs",
    ),
    Proof(
        "deep networks", "numeric", "every weight of networks of up to five layers",
        deep_networks, law="layers of signs", tiers=LATER,
    ),
)  # fmt: skip
