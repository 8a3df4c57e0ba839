from collections import Counter

from theory.vanishing_nodes.table2_run_counts import TABLE, slope


def test_sixteen_settings_once_each():
    assert len(TABLE) == 16 == len({row[:3] for row in TABLE})
    assert set(Counter(row.optimiser for row in TABLE).values()) == {4}


def test_slopes_of_eq_6():
    found = {(row.activation, row.weights): slope(row) for row in TABLE}
    assert found == {
        ("tanh", "orthogonal"): 0,
        ("tanh", "gaussian"): 1,
        ("relu", "orthogonal"): 1,
        ("relu", "gaussian"): 2,
    }


def test_orthogonal_weights_do_worse_with_adam():
    by_weights = {
        row.weights: row.successes
        for row in TABLE
        if (row.optimiser, row.activation) == ("Adam", "relu")
    }
    assert by_weights["orthogonal"] == 515 < by_weights["gaussian"] == 1257
