from dataclasses import replace

from verify.report import summary


def test_the_headline_counts_in_words(fake, calm):
    assert summary.headline(fake) == (
        "Of 5 claims checked in 2 documents, 1 holds, 1 holds only under an assumption that its "
        "document leaves out, 1 is false as stated, 1 is undecided and 1 was not tested."
    )
    assert summary.headline(calm) == "Of 1 claim checked in 1 document, 1 holds."


def test_the_tier_says_its_margins(fake, calm):
    said = summary.tier(fake)
    assert "quick (wide margins, a first look)" in said
    assert "within 10\xa0% of the prediction" in said
    assert "Nothing was sampled" in summary.tier(calm)


def test_alarms_come_first(fake):
    levels = [n.level for n in summary.notices(fake)]
    assert levels == sorted(levels)
    assert levels[0] == "alarm"


def test_broken_checks_are_an_alarm(calm):
    broken = replace(calm, meta={**calm.meta, "errors": ["al.lemma1/x: ZeroDivisionError"]})
    assert [n.title for n in summary.notices(broken)] == ["1 check broke"]


def test_the_condition_is_what_the_document_left_out(fake):
    assert summary.condition(fake.claim("al.prop2")) == "the input is jointly sign-symmetric"


def test_checks_in_a_reason_go_by_their_names(fake):
    assert summary.reason(fake.claim("al.thm1")) == (
        "“counterexample” (stated) differs; the corrected law agrees"
    )


def test_a_claim_of_no_known_document_is_kept(calm):
    views = summary.documents(replace(calm, documents=[]))
    assert [c.id for view in views for c in view.claims] == ["al.lemma1"]


def test_what_all_rows_share_is_said_once(fake):
    rows = fake.claim("al.thm1").rows
    assert summary.shared_settings(rows) == {}  # one point only
    rows = [*rows, replace(rows[0], point={**rows[0].point, "slope": 1})]
    assert "slope" not in summary.shared_settings(rows)
    assert summary.point(rows[0], summary.shared_settings(rows)) == ["slope = 0"]


def test_a_proof_is_measured_by_the_wrong_versions_it_rejects(fake):
    claim = fake.claim("al.lemma1")
    assert summary.would_have_caught(claim.rows[0], claim.mutants) == "1 of 1 wrong versions"
    assert summary.would_have_caught(claim.rows[0], []) == "any difference"


def test_two_laws_on_one_measurement_are_one_draw(fake):
    first, second, third, _ = fake.claim("al.thm1").rows
    assert summary.same_draws(first, second)
    assert not summary.same_draws(second, third)


def test_a_row_says_how_many_agree(fake):
    assert summary.tally(fake.claim("al.prop2").rows) == "2 agree, 1 differs and 1 undecided"


def test_a_stated_law_is_set_apart_only_if_contradicted(fake):
    assert summary.tone("stated", fake.claim("al.thm1")) == "stated"
    assert summary.tone("stated", fake.claim("al.prop2")) == "plain"


def test_items_about_trained_networks_are_told_apart():
    assert summary.why_missing({"id": "a.b", "kind": "training figure"}) == "training"
    assert summary.why_missing({"id": "a.c", "kind": "exact"}) == "not yet encoded"
