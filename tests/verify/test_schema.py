import json
from pathlib import Path

import jsonschema
import pytest

import verify.report
from verify.results import SCHEMA_VERSION

SCHEMA = json.loads((Path(verify.report.__file__).parent / "schema.json").read_text())


@pytest.fixture
def validator():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    return jsonschema.Draft202012Validator(SCHEMA)


@pytest.fixture
def raw(fake):
    return json.loads(fake.to_json())


def test_results_follow_the_schema(validator, raw):
    validator.validate(raw)


def test_a_fresh_run_follows_the_schema(validator):
    from verify import plan
    from verify.engine import verify

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(plan.BUDGETS, "quick", 2e5)
        run = verify(["vev.lemma4.1"], tier="quick")
    validator.validate(json.loads(run.to_json()))


def objects(schema):
    """Every object schema that lists its properties."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            yield schema
        for value in schema.values():
            yield from objects(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from objects(value)


def test_no_object_is_open():
    found = list(objects(SCHEMA))
    assert len(found) >= 10
    assert all(o["additionalProperties"] is False for o in found)


def test_versions_agree():
    assert SCHEMA["properties"]["schema_version"]["const"] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("record", "definition"),
    [
        ("Row", "row"),
        ("ClaimResult", "claim"),
        ("DocumentResult", "document"),
        ("CurveResult", "curve"),
        ("Line", "line"),
        ("MapsResult", "maps"),
        ("PanelResult", "panel"),
        ("LawInfo", "law"),
        ("MutantResult", "mutant"),
    ],
)
def test_each_record_has_exactly_its_fields(record, definition):
    import dataclasses

    from verify import results

    fields = {f.name for f in dataclasses.fields(getattr(results, record))}
    assert set(SCHEMA["$defs"][definition]["properties"]) == fields
    assert set(SCHEMA["$defs"][definition]["required"]) == fields


def spoil(raw, place, value):
    *path, last = place
    for step in path:
        raw = raw[step]
    raw[last] = value


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("schema_version",), 99),
        (("extra",), 1),
        (("meta", "tier"), "rough"),
        (("meta", "mood"), "good"),
        (("meta", "family_alpha"), 0),
        (("timing", "started"), "yesterday"),
        (("claims", 0, "verdict"), "probably"),
        (("claims", 0, "id"), "no dot"),
        (("claims", 0, "laws"), []),
        (("claims", 0, "rows", 0, "outcome"), "close enough"),
        (("claims", 0, "rows", 0, "kind"), "guess"),
        (("claims", 0, "rows", 0, "point"), {"f": {"nested": 1}}),
        (("claims", 3, "rows", 0, "reason"), ""),  # undecided must say why
        (("claims", 2, "rows", 1, "min_detectable"), None),  # a sampled `agrees` owes it
        (("claims", 2, "rows", 1, "doubts"), ["heavy tail"]),  # a doubt mutes an outcome
        (("claims", 2, "rows", 1, "draws"), 0),
        (("claims", 2, "rows", 0, "low"), None),
        (("claims", 2, "curves", 0, "lines", 0, "xs"), [None]),
        (("claims", 2, "maps", 0, "panels", 0, "rho_sq", 1), [1.2, 1.0]),
        (("claims", 2, "maps", 0, "panels", 0, "rho_sq"), [[1.0]] * 41),
        (("claims", 2, "maps", 0, "panels", 0, "vni"), None),
        (("documents", 0, "not_encoded", 0, "verdict"), "holds"),
    ],
)
def test_what_is_wrong_is_rejected(validator, raw, place, value):
    spoil(raw, place, value)
    assert list(validator.iter_errors(raw))
