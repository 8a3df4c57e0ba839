import json
import math

import pytest

from verify import plan
from verify.engine import verify
from verify.results import ResultsError, load


@pytest.fixture(scope="module")
def results():
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(plan.BUDGETS, "quick", 2e5)
        return verify(["vev.prop4.3"], tier="quick")


def test_a_file_read_back_is_the_same(results, tmp_path):
    results.save(tmp_path / "results.json")
    assert load(tmp_path / "results.json").to_json() == results.to_json()


def test_no_number_is_nan(results):
    json.loads(results.to_json(), parse_constant=lambda name: pytest.fail(name))
    assert all(r.measured is None or math.isfinite(r.measured) for r in results.claims[0].rows)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"schema_version": 0}', '{"schema_version": 1}'])
def test_a_damaged_file_is_named(tmp_path, text):
    path = tmp_path / "results.json"
    path.write_text(text)
    with pytest.raises(ResultsError, match=r"results\.json"):
        load(path)


def test_items_without_a_claim_are_listed(results):
    listed = {item["id"] for d in results.documents for item in d.not_encoded}
    assert "vev.fig2" in listed
    assert "vev.prop4.3" not in listed
