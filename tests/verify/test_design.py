"""The plan of a measurement against what the measurement then takes."""

import math

import pytest

from theory import claim
from verify import plan
from verify.design import design, draws_for, draws_to_trust
from verify.engine import verify
from verify.plan import PlanError
from verify.trust import Tails

ID = "vev.propB.1"


def test_the_least_number_of_draws_is_found():
    assert draws_for(lambda n: 10 / math.sqrt(n), 0.1) == pytest.approx(10_000, rel=2e-3)
    assert draws_for(lambda n: 1.0, 0.5) == math.inf


def test_skewness_and_the_largest_draw_ask_for_draws_too():
    tails = Tails(pareto_shape=0.2, largest_share=0.2, skew_factor=1000.0, curvature=0.0)
    assert draws_to_trust(tails, 1000) == pytest.approx(9000)  # log 1000 = 3 log 10


def test_the_plan_foretells_the_run():
    """Rows end at a look near the planned draws: at a quarter of them or more, and before a bound.

    Twice, because looks double, (1 + 4/z)^2 times the plan: an estimate four standard errors off
    leaves that much less of the margin to an interval of z of them.
    """
    rows = {r.check: r for r in verify([ID], tier="quick").claims[0].rows if r.draws}
    planned = design([claim(ID)], "quick")
    z = {t.check: t.z for t in plan.trials([claim(ID)], "quick")}
    assert planned
    for row in planned:
        if row.check.endswith("#sharper") and row.needed < row.budget and not row.doubt:
            most = 2 * (1 + 4 / z[row.check.split("#")[0]]) ** 2 * row.needed
            assert row.needed / 4 <= rows[row.check].draws <= most, row.check


def test_a_margin_of_ones_own_costs_its_square():
    wide, narrow = (
        {r.check: r for r in design([claim(ID)], "quick", margin=m)} for m in (0.01, 0.001)
    )
    for check, row in wide.items():
        assert narrow[check].needed == pytest.approx(100 * row.needed, rel=0.1)


@pytest.mark.parametrize("margin", [0.0, -1.0, math.nan, math.inf])
def test_bad_margins_are_named(margin):
    with pytest.raises(PlanError, match=r"margin must be a positive number; got"):
        design(plan.select([ID]), "quick", margin=margin)
