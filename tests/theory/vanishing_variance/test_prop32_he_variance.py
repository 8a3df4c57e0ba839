from theory.vanishing_variance.prop32_he_variance import literal_variance, preserved


def test_fan_in_keeps_the_variance_and_the_printed_index_does_not():
    assert preserved((2, 3), 0, 1) == 1
    assert literal_variance((2, 3), 0, 1).equals(2 / 3) or literal_variance((2, 3), 0, 1) * 3 == 2


def test_the_ratio_telescopes_to_the_first_and_last_width():
    assert literal_variance((5, 9, 2, 7), 0, 1) * 7 == 5
    assert literal_variance((4, 11, 4), 0, 3) == 3
