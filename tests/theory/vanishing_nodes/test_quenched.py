from theory import claim
from theory.vanishing_nodes.mean_bounds import bounds
from theory.vanishing_nodes.mean_expansion import annealed


def test_numbers_of_the_summary():
    found = bounds((32,) * 9, 1)
    assert (round(float(found.low), 3), round(float(found.high), 3)) == (0.282, 0.284)
    assert round(float(annealed(32, 8, 1)), 3) == 0.302


def test_quenched_and_annealed_part_at_depth_over_width_one_quarter():
    assert bounds((32,) * 9, 1).high < float(annealed(32, 8, 1)) - 0.018


def test_rows_stay_where_the_remainder_is_controlled():
    for probe in claim("vn.quenched").probes:
        if "finite width" in probe.laws:
            found = bounds(**probe.at)
            assert found.high - found.low < 0.01 * found.low
        if "mean" in probe.laws:
            assert (2 - probe.at["slope"]) * probe.at["depth"] + 1 <= 0.3 * probe.at["width"]
