from theory.shattered_gradients.thm3a_variance import printed


def test_what_the_document_prints():
    assert printed(24, 1, 48) == 24
    assert printed(1, 1, 48) == 1
