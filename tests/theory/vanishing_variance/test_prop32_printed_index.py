from theory import claim


def test_the_index_does_not_show_where_first_and_last_width_are_equal():
    found = claim("vev.prop3.2.index")
    at = {p.name: {"widths": (4, 9, 4), "slope": 0}.get(p.name, 1) for p in found.parameters}
    assert found.exact(**at) == 1
    at["widths"] = (2, 3)
    assert found.exact(**at) * 3 == 2
