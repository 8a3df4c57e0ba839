from __future__ import annotations

import math

import numpy as np
import pytest

from theory import ClaimError, claim, claims
from theory.display import example
from theory.schema import as_float


def test_every_law_agrees_with_its_evaluation() -> None:
    compared = 0
    for c in claims:
        for law in c.laws:
            names = [p.name for p in law.parameters]
            known = [dict(p.at) for p in c.probes if law.name in p.laws] + [example(c) or {}]
            for at in [at for at in known if at and sorted(at) == sorted(names)][:2]:
                if callable(law(**at)):
                    continue
                exact = as_float(law(**at))
                fast = c.lambdify(law.name)(*(at[name] for name in names))
                pairs = zip(np.atleast_1d(exact), np.atleast_1d(fast), strict=True)
                assert all(
                    math.isclose(a, float(b), rel_tol=1e-9, abs_tol=1e-12) for a, b in pairs
                ), (c.id, law.name, at)
                compared += 1
    assert compared > 60


def test_what_numpy_cannot_hold_is_computed_exactly() -> None:
    f = claim("sg.thm3.num").lambdify("corrected")  # Gamma(199)/Gamma(198) and the like
    depths = np.array([2, 100, 300])
    exact = [claim("sg.thm3.num").evaluate("corrected", depth=int(d), beta=0.1) for d in depths]
    assert np.allclose(f(depths, 0.1).astype(float), exact, rtol=1e-12)


def test_sequences_are_one_argument() -> None:
    at = {"widths": (20,) * 3, "slope": 0, "weight_kurtosis": 3, "input_kurtosis": 3}
    c = claim("vev.prop4.3")
    f = c.lambdify()
    pairs = np.array([1.0, 2.0])
    exact = [c.evaluate(**at, input_pair=float(pair)) for pair in pairs]
    assert f(*at.values(), pairs).tolist() == pytest.approx(exact)


@pytest.mark.parametrize("bad", [-1, 0.5, math.nan, math.inf, "3", [3, -1], 10**9, [[1], [1, 2]]])
def test_members_outside_the_domain_are_named(bad: object) -> None:
    with pytest.raises(ClaimError, match=r"sg\.thm3\.num: argument 'depth'"):
        claim("sg.thm3.num").lambdify("corrected")(bad, 0.1)


def test_shapes_and_counts_are_named() -> None:
    f = claim("sg.thm3.num").lambdify("corrected")
    with pytest.raises(ClaimError, match=r"takes \['depth', 'beta'\]; got 1 arguments"):
        f(3)
    with pytest.raises(ClaimError, match=r"shapes \[\(2,\), \(3,\)\]"):
        f([1, 2], [0.1, 0.2, 0.3])
