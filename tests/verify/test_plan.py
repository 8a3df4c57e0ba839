import pytest

from theory import claim, claims
from verify import plan
from verify.plan import PlanError


def test_looks_double_and_end_at_the_budget():
    trial = plan.trials([claim("vev.prop4.3")], "quick")[0]
    assert list(trial.looks) == sorted(set(trial.looks))
    assert all(b <= 2 * a for a, b in zip(trial.looks, trial.looks[1:], strict=False))
    assert trial.looks[-1] == 2**plan.RESERVE * trial.looks[-1 - plan.RESERVE]
    cost = sum(m * n for n, m in zip(trial.setup.widths, trial.setup.widths[1:], strict=False))
    assert trial.most * cost <= plan.BUDGETS["quick"]


def test_the_error_budget_is_spent_once():
    chosen = plan.select([])
    trials = plan.trials(chosen, "standard")
    spent = sum(t.alpha * len(t.probe.laws) for t in trials)
    assert spent == pytest.approx(plan.FAMILY_ALPHA)
    assert all(t.look_alpha * len(t.looks) == pytest.approx(t.alpha) for t in trials)


def test_streams_are_keyed_by_distinct_checks():
    checks = [t.check for t in plan.trials(plan.select([]), "standard")]
    assert len(set(checks)) == len(checks)


@pytest.mark.parametrize(
    ("pattern", "prefix"), [("vev.*", "vev"), ("vanishing_variance", "vev"), ("vev", "vev")]
)
def test_selection_by_glob_document_and_prefix(pattern, prefix):
    assert [c.id for c in plan.select([pattern])] == [
        c.id for c in claims if c.id.startswith(prefix + ".")
    ]


def test_unknown_id_suggests_the_nearest():
    with pytest.raises(PlanError, match=r"nearest: vev.prop4.3"):
        plan.select(["vev.prop43"])


def test_unknown_tier_is_named():
    with pytest.raises(PlanError, match="tier must be one of quick, standard, paper; got 'fast'"):
        plan.trials(plan.select(["vev.prop4.3"]), "fast")
