"""What a He random vector leaves open: Definition 3.1.

    vev.def3.1   centred, symmetric, uncorrelated entries of one variance; is that enough?

The proofs of Lemma 4.2, of the first step of Proposition 4.3 and of Proposition B.2 take the
definition to say that the signs of the entries are independent fair coins ("because they are
symmetric and uncorrelated"). It does not. What they need is joint sign symmetry: flipping any
signs leaves the law of x as it is. The plainest quantity that shows the gap is how often a ReLU
leaves nothing of x at all.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import sympy as sp

from theory.maths import enumeration as en
from theory.maths import prove
from theory.schema import (
    Claim,
    Curve,
    Evaluate,
    Finding,
    Integers,
    Law,
    Mutant,
    Parameter,
    Probe,
    Proof,
    Reals,
    Tuples,
    stated,
    unstated,
)
from theory.symbols import SLOPE, WEIGHT_KURTOSIS, a, kappa_w, w
from theory.vanishing_variance import PAPER
from theory.vanishing_variance.probes import NOT_SYMMETRIC
from theory.vanishing_variance.propB_dirac_limit import ALIVE, alive_setup, special_input
from theory.vanishing_variance.recursion import anisotropy
from theory.vanishing_variance.uncorrelated_pairs import aligned_pair, sign_symmetric_pair

t = sp.Symbol("t", real=True)
FEW = Parameter("width", Integers(1, draw_to=20), "number of entries of x", w)
SIGN_PRODUCT = Parameter(
    "sign_product",
    Reals(-1, 1),
    "t = E sgn x_1 ... sgn x_w, the signs of fewer entries independent",
    t,
)
ENTRY_KURTOSES = Parameter(
    "entry_kurtoses", Tuples(Reals(1)), "kurtosis of each entry, the entries independent"
)


def something_left(width: Any, sign_product: Any) -> sp.Expr:
    """P(phi_0(x) != 0) = 1 - 2^-w: the signs as independent fair coins, t ignored.

    >>> something_left(3, 1)
    7/8
    """
    return 1 - sp.Integer(2) ** -sp.sympify(width)


def something_left_given(width: Any, sign_product: Any) -> sp.Expr:
    """P(phi_0(x) != 0) = 1 - (1 + (-1)^w t)/2^w where fewer than w signs are independent. Exact.

    P(all signs -1) = E prod_i (1 - s_i)/2, and of its 2^w terms only 1 and that with all s_i stay.

    >>> something_left_given(3, 1), something_left_given(3, -1)
    (1, 3/4)
    """
    n = sp.sympify(width)
    return 1 - (1 + (-1) ** n * sp.sympify(sign_product)) / sp.Integer(2) ** n


def after_unequal_entries(entry_kurtoses: Any, slope: Any, weight_kurtosis: Any) -> sp.Expr:
    """kappa_1 from independent symmetric entries of one variance and any kurtoses: their mean.

    kappa_1 = r kappa_w mean(kappa_i)/w + 3 (1 - 1/w). Exact.

    >>> after_unequal_entries((1, 3), 1, 1)
    5/2
    """
    n = sp.Integer(len(entry_kurtoses))
    mean = sum(map(sp.sympify, entry_kurtoses), sp.Integer(0)) / n
    return anisotropy(slope) * sp.sympify(weight_kurtosis) * mean / n + 3 * (1 - 1 / n)


# --- vectors, atom by atom -------------------------------------------------------------------


def with_sign_product(width: int, product: Fraction) -> en.Joint:
    """Entries +-1 with P(s) = (1 + t s_1 ... s_w)/2^w: any w - 1 of them are independent."""
    return {
        s: (1 + product * math.prod(s)) / Fraction(2**width)
        for s in itertools.product((Fraction(1), Fraction(-1)), repeat=width)
        if product * math.prod(s) != -1
    }


def he_facts(x: en.Joint) -> list[tuple[str, bool]]:
    """What Definition 3.1 asks, entry by entry and pair by pair."""
    size = len(next(iter(x)))
    variances = {en.second_moment(x, i) for i in range(size)}
    symmetric = []
    for i in range(size):
        marginal: dict[Fraction, Fraction] = {}
        for v, p in x.items():
            marginal[v[i]] = marginal.get(v[i], Fraction(0)) + p
        symmetric.append(all(marginal.get(-value) == p for value, p in marginal.items()))
    products = [
        en.expect(x, lambda v, i=i, j=j: v[i] * v[j])  # type: ignore[misc]
        for i, j in itertools.combinations(range(size), 2)
    ]
    return [
        ("symmetric entries, so of mean zero", all(symmetric)),
        ("uncorrelated", not any(products)),
        ("one variance", len(variances) == 1),
    ]


def left_over(x: en.Joint) -> Fraction:
    """P(some entry of x is positive), summed over the atoms."""
    return sum((p for v, p in x.items() if max(v) > 0), Fraction(0))


def product_of_signs(x: en.Joint) -> Fraction:
    """E sgn x_1 ... sgn x_w of a vector without zeros, summed over the atoms."""
    return en.expect(x, lambda v: Fraction(math.prod(1 if e > 0 else -1 for e in v)))


SYMMETRIC: tuple[tuple[str, en.Joint], ...] = (
    *((f"{n} independent signs", en.iid(en.SIGN, n)) for n in (1, 2, 3, 4)),
    ("|x| = |y| in {1, 2}, signs independent", sign_symmetric_pair()),
)
HE_ONLY: tuple[tuple[str, en.Joint], ...] = (
    ("(s1, s2, s1 s2)", special_input("sign_product")),
    ("(2s, 2s) or (s, -s)", aligned_pair()),
    ("(s1, s2, -s1 s2)", special_input("negative_sign_product")),
    *(
        (f"w = {n}, t = {product}", with_sign_product(n, product))
        for n in (3, 4, 5)
        for product in (Fraction(1), Fraction(-1, 2))
    ),
)


def over_atoms(vectors: tuple[tuple[str, en.Joint], ...]) -> Callable[[Evaluate], Finding]:
    """A check on vectors that satisfy Definition 3.1, probabilities summed exactly."""

    def check(law: Evaluate) -> Finding:
        for label, x in vectors:
            missing = [fact for fact, found in he_facts(x) if not found]
            if missing:
                return Finding(None, "", "", f"{label} is no He vector: not {missing[0]}")
        return prove.cases(
            (
                label,
                law(width=len(next(iter(x))), sign_product=product_of_signs(x)),
                left_over(x),
            )
            for label, x in vectors
        )

    return check


def with_zeros(law: Evaluate) -> Finding:
    """Entries -1, 0, 1 with probabilities 1/4, 1/2, 1/4: jointly sign-symmetric, with zeros."""
    return prove.cases(
        (f"w = {n}", law(width=n, sign_product=0), left_over(en.iid(en.THREE_POINT, n)))
        for n in (1, 2, 3)
    )


@functools.cache
def summed_over_patterns(width: int) -> sp.Expr:
    """Sum of (1 + t s_1 ... s_w)/2^w over the sign patterns with a plus, for all t."""
    patterns = itertools.product((1, -1), repeat=width)
    return sp.expand(sum((1 + t * math.prod(s)) / sp.Integer(2) ** width
                         for s in patterns if max(s) > 0))  # fmt: skip


def by_patterns(law: Evaluate) -> Finding:
    """All sign patterns with their probabilities, t left as a letter, widths 2 to 7."""
    return prove.identities(
        [(f"w = {n}", law(width=n, sign_product=t) - summed_over_patterns(n)) for n in range(2, 8)],
        predicted=str(law(width=3, sign_product=t)),
        found=f"{summed_over_patterns(3)} at w = 3",
    )


WIDE_ENTRY: en.Law = {Fraction(k): Fraction(p, 8) for k, p in ((-2, 1), (0, 6), (2, 1))}
"""{-2, 0, 2} with 1/8, 3/4, 1/8: variance 1 as a sign has, kurtosis 4 where a sign has 1."""


@functools.cache
def unequal_networks() -> tuple[tuple[str, dict[str, Any], Fraction], ...]:
    """(label, arguments, exact kappa_1): a sign beside one or two entries of kurtosis 4."""
    rows = []
    for entries in ((en.SIGN, WIDE_ENTRY), (WIDE_ENTRY, en.SIGN, en.SIGN)):
        x: en.Joint = {(): Fraction(1)}
        for entry in entries:
            x = {(*v, e): p * q for v, p in x.items() for e, q in entry.items()}
        for slope in (Fraction(0), Fraction(1, 2), Fraction(-1)):
            for weights in (en.SIGN, en.THREE_POINT):
                out = en.network(x, (1,), weights, en.leaky(slope))
                at = {
                    "entry_kurtoses": tuple(en.kurtosis(entry) for entry in entries),
                    "slope": slope,
                    "weight_kurtosis": en.kurtosis(weights),
                }
                label = f"{len(entries)} entries, a = {slope}, kappa_w = {en.kurtosis(weights)}"
                rows.append((label, at, en.unit_kurtosis(out)))
    return tuple(rows)


def unequal_entries(law: Evaluate) -> Finding:
    """One literal layer on entries of one variance and different kurtoses."""
    return prove.cases((label, law(**at), found) for label, at, found in unequal_networks())


# --- the claim -------------------------------------------------------------------------------


def _probe(inputs: str, width: int, product: Any, why: str) -> Probe:
    on_curve = width == 3
    return Probe(
        name=f"{inputs}, w = {width}",
        experiment="alive",
        setup=alive_setup((width, 4), "gaussian", inputs),
        at={"width": width, "sign_product": product},
        estimand=ALIVE,
        laws=("stated", "sign product"),
        why=why,
        curve="sign product" if on_curve else "",
        x=float(product) if on_curve else None,
    )


CLAIM = Claim(
    id="vev.def3.1",
    title="a He random vector is all that the theorems ask of the input",
    source=PAPER.at(
        "Definition 3.1",
        "all entries are zero-mean, symmetric, uncorrelated and of one variance; the proofs of "
        "Lemma 4.2 and Propositions 4.3 and B.2 ask no more of the input",
    ),
    kind="definition",
    laws=(
        Law(
            role="stated",
            formula=sp.Eq(
                sp.Function("P")(sp.Ne(sp.Symbol("phi_0(x)"), 0)), 1 - 2**-w, evaluate=False
            ),
            parameters=(FEW, SIGN_PRODUCT),
            words="probability that some entry of a He vector is positive, as Proposition B.2 "
            "takes it: 'because they are symmetric and uncorrelated'",
            evaluate=something_left,
            mutants=(
                Mutant("2^-(w - 1)", lambda width, sign_product: 1 - sp.Integer(2) ** (1 - width)),
                Mutant("one entry for all", lambda width, sign_product: sp.Rational(1, 2)),
            ),
        ),
        Law(
            role="sharper",
            name="sign product",
            formula=sp.Eq(
                sp.Function("P")(sp.Ne(sp.Symbol("phi_0(x)"), 0)),
                1 - (1 + (-1) ** w * t) / 2**w,
                evaluate=False,
            ),
            parameters=(FEW, SIGN_PRODUCT),
            words="the same for signs of which any w - 1 are independent, but not all w",
            evaluate=something_left_given,
            mutants=(
                Mutant("t ignored", something_left),
                Mutant(
                    "sign of t",
                    lambda width, sign_product: something_left_given(width, -sign_product),
                ),
            ),
        ),
        Law(
            role="sharper",
            name="unequal entries",
            formula=sp.Eq(
                sp.Symbol("kappa_1"),
                anisotropy(a) * kappa_w * sp.Function("mean")(sp.Symbol("kappa_i")) / w
                + 3 * (1 - 1 / w),
            ),
            parameters=(ENTRY_KURTOSES, SLOPE, WEIGHT_KURTOSIS),
            words="kurtosis one layer up; the definition leaves the entries' kurtoses unequal, "
            "and their mean takes the place of kappa_0",
            evaluate=after_unequal_entries,
            mutants=(
                Mutant(
                    "kurtosis of the first entry",
                    lambda entry_kurtoses, slope, weight_kurtosis: after_unequal_entries(
                        (entry_kurtoses[0],) * len(entry_kurtoses), slope, weight_kurtosis
                    ),
                ),
                Mutant(
                    "largest kurtosis",
                    lambda entry_kurtoses, slope, weight_kurtosis: after_unequal_entries(
                        (max(entry_kurtoses),) * len(entry_kurtoses), slope, weight_kurtosis
                    ),
                ),
            ),
        ),
    ),
    assumptions=(
        stated(
            "each entry is symmetric (t = 0 for a single entry)",
            lambda p: p.get("width", 2) != 1 or p.get("sign_product", 0) == 0,
        ),
        unstated(
            "x is jointly sign-symmetric: flipping the sign of any entries leaves its law as it is",
            lambda p: p.get("inputs") not in NOT_SYMMETRIC and p.get("sign_product", 0) == 0,
        ),
        unstated("no entry is 0 with positive probability", lambda p: not p.get("zeros", False)),
    ),
    expected="holds-if",
    because=(
        "Uncorrelated symmetric entries need not have independent signs: of (s1, s2, s1 s2) a ReLU "
        "always leaves something, not in 7 cases of 8. Joint sign symmetry is what the proofs use."
    ),
    proofs=(
        Proof(
            "jointly sign-symmetric",
            "exact",
            "vectors whose signs may be flipped freely, atom by atom",
            over_atoms(SYMMETRIC),
        ),
        Proof(
            "He only",
            "exact",
            "vectors that satisfy the definition and no more, atom by atom",
            over_atoms(HE_ONLY),
            point={"inputs": "sign_product", "width": 3, "sign_product": 1},
        ),
        Proof(
            "zeros",
            "exact",
            "entries that are 0 with probability 1/2",
            with_zeros,
            point={"zeros": True},
        ),
        Proof(
            "sign patterns",
            "symbolic",
            "the sum over all sign patterns of widths 2 to 7, for all t",
            by_patterns,
            law="sign product",
        ),
        Proof(
            "He only, with the sign product",
            "exact",
            "vectors that satisfy the definition and no more, atom by atom",
            over_atoms(HE_ONLY),
            law="sign product",
        ),
        Proof(
            "unequal entries",
            "exact",
            "every weight matrix of one literal layer, entries of kurtosis 1 and 4",
            unequal_entries,
            law="unequal entries",
        ),
    ),
    probes=(
        _probe("gaussian", 3, 0, "independent entries"),
        _probe("sign_product", 3, 1, "any two entries independent, the three are not"),
        _probe("negative_sign_product", 3, -1, "the same with the other sign"),
        _probe(
            "correlated_pair",
            2,
            product_of_signs(aligned_pair()),
            "uncorrelated although the signs agree in one case of five",
        ),
    ),
    curves=(
        Curve(
            "sign product",
            "P(ReLU leaves something of x), three entries, any two independent",
            "t = E sgn x_1 sgn x_2 sgn x_3",
            "probability",
            (-1, -0.5, 0, 0.5, 1),
            lambda x: {"width": 3, "sign_product": x},
            laws=("stated", "sign product"),
        ),
    ),
    remark=(
        "Beyond sign symmetry the theorems need finite fourth moments, sigma > 0, and (Proposition "
        "4.3) either one kappa_0 and one c_0 or their means over entries and pairs. From layer 1 "
        "on all of this comes by itself: given the layer below, the units are independent and "
        "symmetric, so a layer is jointly sign-symmetric and exchangeable (vev.prop3.3)."
    ),
    see=("vev.lemma4.2", "vev.prop4.3", "vev.propB.2", "vev.prop3.3"),
)
