from theory import claim


def test_both_laws_agree_only_where_first_and_last_width_do():
    found = claim("vev.prop3.2.index")
    at = {p.name: {"widths": (4, 9, 4), "slope": 0}.get(p.name, 1) for p in found.parameters}
    assert found.exact("stated", **at) == found.exact("corrected", **at) == 1
    at["widths"] = (2, 3)
    assert found.exact("stated", **at) == 1
    assert found.exact("corrected", **at) * 3 == 2
