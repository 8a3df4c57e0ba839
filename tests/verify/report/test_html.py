from verify.report import html


def test_a_measurement_is_counted_once(fake):
    claim = fake.claim("al.thm1")
    assert html.draws(claim) == {"al.thm1/depth 3": 16384, "al.thm1/depth 4": 16384}
    assert html.total_draws(fake) == 4 * 16384


def test_what_makes_the_run_reproducible_is_listed(fake):
    said = dict(html.machine(fake))
    assert said["Seed"] == "7"
    assert said["Code"] == "abc1234"
    assert said["Versions"] == "python 3.12.1, torch 2.8.0"
    assert said["Took"] == "1 min 15 s"
    assert "Damaged records redone" not in said


def test_a_run_without_meta_renders(fake):
    from dataclasses import replace

    text = html.page(replace(fake, meta={}, timing={}))
    assert "no git revision" in text


def test_only_figures_of_the_stated_kind_are_drawn(fake):
    text = html.page(fake)
    assert text.count("<figure>") == 1
    assert text.count('class="strip"') == 1


def test_claims_can_be_filtered_and_linked(fake):
    text = html.page(fake)
    for claim in fake.claims:
        assert f'<article id="{claim.id}" data-claim="{claim.id}"' in text
        assert f'data-verdict="{claim.verdict}"' in text


def test_tables_scroll_by_themselves(fake):
    text = html.page(fake)
    assert text.count("<table>") == text.count('<div class="scroll" tabindex="0" role="region"')
