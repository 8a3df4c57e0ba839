import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from verify.report import junit


@pytest.fixture
def root(fake):
    return ET.fromstring(junit.document(fake))


def case(root, start):
    return next(c for c in root.iter("testcase") if c.get("name").startswith(start))


def test_one_suite_a_document_one_case_a_claim(root):
    suites = root.findall("testsuite")
    assert [s.get("name") for s in suites] == ["On alpha (2019)", "On beta (2020)"]
    assert [len(s.findall("testcase")) for s in suites] == [4, 2]
    assert root.get("tests") == "6"


def test_only_the_unexpected_fails(root):
    failed = [c for c in root.iter("testcase") if c.find("failure") is not None]
    assert [c.get("name").split(":")[0] for c in failed] == ["be.eq1"]
    assert "expected holds, found undecided" in failed[0].find("failure").get("message")
    assert root.get("failures") == "1"


def test_a_law_shown_false_as_expected_passes(root):
    assert [e.tag for e in case(root, "al.thm1")] == ["system-out"]


def test_what_was_not_tested_is_skipped(root):
    assert case(root, "be.fig3").find("skipped").get("message") == "not-tested: needs training data"
    assert "not yet encoded" in case(root, "al.fig9").find("skipped").get("message")
    assert root.get("skipped") == "2"


def test_not_tested_against_expectation_fails(fake):
    claims = [replace(c, expected="holds") for c in fake.claims if c.id == "be.fig3"]
    root = ET.fromstring(junit.document(replace(fake, claims=claims)))
    assert case(root, "be.fig3").find("failure") is not None
    assert case(root, "be.fig3").find("skipped") is None


def test_rows_are_in_the_output(root):
    out = case(root, "al.thm1").find("system-out").text
    assert out.count("\n") == 4
    assert "would have caught 11\xa0% (relative); 16384 draws, seed 7" in out


def test_time_counts_a_measurement_once(fake):
    assert junit.seconds(fake.claim("al.thm1")) == pytest.approx(1.5 + 1.5 + 0.25)


def test_characters_that_xml_forbids_are_replaced(fake):
    claims = [replace(fake.claims[0], title="bell \x07 and \x1b[0m")]
    ET.fromstring(junit.document(replace(fake, claims=claims)))
