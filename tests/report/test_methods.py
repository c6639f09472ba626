"""The Methods section says what config, gates and findings say, and cites in order."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd

from coculture.report import Results
from coculture.report.glossary import glossary
from coculture.report.methods import methods
from tests.report.conftest import finished_numbers

Make = Callable[..., Any]
MakeResults = Callable[..., Results]


def _text(study: Results) -> str:
    return " ".join(methods(study, {}).paragraphs)


def test_references_are_numbered_in_the_order_of_their_citations(results: MakeResults) -> None:
    found = methods(results(), {"numpy": "2.4"})
    text = " ".join(found.paragraphs)
    numbers = [text.index(f"[{i}]") for i in range(1, len(found.references) + 1)]
    assert numbers == sorted(numbers)
    assert found.references[0].text.startswith("Spidlen")
    assert "numpy 2.4" in text


def test_only_the_assays_that_were_made_are_described(results: MakeResults, config: Make) -> None:
    tables = {"cultures": "c.csv", "flow": None, "elisa": "e.csv"}
    text = _text(replace(results(), config=config(tables=tables)))
    assert "FCS" not in text
    assert "(LLOQ and ULOQ times the dilution)" in text
    flow_only = replace(results(), config=config(tables=tables | {"flow": "f", "elisa": None}))
    assert "LLOQ" not in _text(flow_only)


def test_the_origin_of_finished_numbers_is_named(results: MakeResults, config: Make) -> None:
    assert "elsewhere" not in _text(results())
    tables = {"cultures": "c.csv", "flow": None, "elisa": None, "values": "v.csv"}
    text = _text(results(config=config(tables=tables), tables=finished_numbers()))
    assert (
        "Finished numbers: the values of viability (%) and IL-10 (ng/mL) were measured and "
        "computed elsewhere and entered as numbers (v.csv, SHA-256 0123456789ab...)."
    ) in text
    assert "FCS" not in text
    assert "ELISA" not in text


def test_bliss_is_described_where_combinations_were_compared(results: MakeResults) -> None:
    assert "Bliss" not in _text(results())
    compared = pd.DataFrame({"combination": ["DEX + LEN"]})
    tables = {**results().tables, "comparison/combination.csv": compared}
    assert "Bliss independence" in _text(replace(results(), tables=tables))


def test_each_way_of_testing_is_described_once(results: MakeResults, finding: Make) -> None:
    raised, lower = "that a value is not raised", "that a value is lower"
    rows = [
        finding(id="1", method=raised, limits="margin 5 points, level 0.05"),
        finding(id="2", method=lower, limits="level 0.025"),
        finding(id="3", method=raised, limits="margin 7 points, level 0.01"),
        finding(id="4", method=raised, limits="margin 5 points, level 0.05"),
    ]
    text = _text(results(tables={"comparison/findings.csv": pd.DataFrame(rows)}))
    assert (
        f"as follows: {raised} (1 and 4: margin 5 points, level 0.05; 3: margin 7 points, level "
        f"0.01); {lower} (2: level 0.025). A finding is"
    ) in text
    assert "Fieller" not in text
    eliminated = pd.DataFrame([finding(kind="eliminated")])
    assert "Fieller" in _text(results(tables={"comparison/findings.csv": eliminated}))


def test_the_correction_is_described_as_it_was_made(results: MakeResults, finding: Make) -> None:
    def text(**family_and_way: tuple[str, str]) -> str:
        rows = [
            finding(id=name, family=family, corrected_by=way)
            for name, (family, way) in family_and_way.items()
        ]
        return _text(results(tables={"comparison/findings.csv": pd.DataFrame(rows)}))

    holm, alone = "Holm", "alone in its family"
    one_family = text(a=("", holm), b=("", holm))
    assert "the largest p / level of its tests, with the limit 1" in one_family
    assert "not for the study" not in one_family
    assert "Holm" not in text(a=("", alone))
    assert "not for the study" in text(a=("A", alone), b=("B", alone))
    ordered = text(a=("A", "stated order"), b=("A", "stated order"))
    assert "The family A is tested in the order stated before acquisition" in ordered
    assert "Holm" not in ordered
    late = "Holm; the stated order was not pinned before acquisition"
    assert "The family A has a stated order that was not pinned before acquisition, so" in text(
        a=("A", late), b=("A", late)
    )


def test_a_comparison_between_experiments_is_described_where_there_is_one(
    results: MakeResults, finding: Make
) -> None:
    label = "between experiments (Welch)"
    inside = pd.DataFrame([finding()])
    contrasts = pd.DataFrame({"compared": ["", label]})
    for tables, told in (
        ({"comparison/findings.csv": inside}, False),
        ({"comparison/findings.csv": inside.assign(compared="")}, False),
        ({"comparison/findings.csv": inside.assign(compared=label)}, True),
        ({"comparison/contrasts.csv": contrasts}, True),
    ):
        found = methods(results(tables=tables), {})
        assert ("Welch's t test" in " ".join(found.paragraphs)) == told
        assert any(one.text.startswith("Welch BL") for one in found.references) == told


def test_without_claims_no_test_of_a_claim_is_described(results: MakeResults) -> None:
    text = _text(results(tables={"comparison/findings.csv": pd.DataFrame()}))
    assert "claims" not in text
    assert "Holm" not in text


def test_experiments_with_another_matrix_than_the_config_asks_for_are_named(
    results: MakeResults, config: Make
) -> None:
    asked = results().config
    flow = asked["flow"] | {
        "compensation": {"source": "embedded", "method": "positives", "file": None}
    }
    sources = {"E1": "embedded", "E2": "single_stains", "E3": "single_stains", "E4": "none"}
    gates = {
        name: {"spillover": {"source": source}, "populations": {}}
        for name, source in sources.items()
    }
    text = _text(replace(results(), config=config(flow=flow), gates=gates))
    assert "E2 and E3, for which that matrix could not be used, had a matrix estimated" in text
    assert "E4, for which that matrix could not be used, had no compensation" in text
    assert "E1, for" not in text


def test_each_rule_of_a_gate_is_given_once(results: MakeResults) -> None:
    def gates(source: str, rule: str) -> dict[str, Any]:
        block = {"source": source, "rule": rule, "channels": ["R660-A"]}
        return {"populations": {"myeloma": {"annexin_v": block}}}

    peak = gates("live_peak", "SD above the live peak; of the (stained) wells")
    tail = gates("live_peak", "upper tail, because no well is positive")
    manual = gates("manual", "set by hand")
    study = results(gates={"E1": peak, "E2": manual, "E3": peak, "E4": tail})
    text = _text(study)
    rules = (
        "(annexin v: SD above the live peak; of the (stained) wells or set by hand or upper tail, "
        "because no well is positive)"
    )
    assert text.count(rules) == 1


def test_the_readings_are_those_that_the_steps_used(results: MakeResults) -> None:
    def curve(name: str, nm: float | None, reference: tuple[str, float] | None) -> dict[str, Any]:
        subtracted = reference and dict(zip(("name", "wavelength_nm"), reference, strict=True))
        used = {"measurement": {"name": name, "wavelength_nm": nm}, "reference": subtracted}
        return {"IL-6": {"readings": used}}

    def text(**curves: dict[str, Any]) -> str:
        return _text(replace(results(), curves=curves))

    usual = curve("450", 450.0, ("570", 570.0))
    assert "ELISA: optical density at 450 nm minus that at 570 nm. One" in text(P1=usual, P2=usual)
    plain = curve("", None, None)
    alone = "(the file states no wavelength)"
    nothing = "no reference reading was subtracted"
    assert f"ELISA: optical density {alone}; {nothing}. One" in text(P1=plain)
    two = text(P1=plain, P2=curve("blue", 450.0, None))
    assert f'{alone} (plate P1); at 450 nm (reading "blue") (plate P2); {nothing}. One' in two
    assert "570" not in text(P1=plain)
    named = curve("blue 2", 450.0, ("Label3", float("nan")))
    assert 'at 450 nm (reading "blue 2") minus that' in text(P1=named)
    both = text(P1=usual, P2=plain, P3=usual)
    each = f"at 450 nm minus that at 570 nm (plates P1 and P3); {alone} (plate P2)"
    assert f"{each}; {nothing} from those with one reading alone. One" in both
    assert nothing not in text(P1=usual)


def test_factors_of_activity_are_stated(results: MakeResults, config: Make) -> None:
    elisa = results().config["elisa"] | {"pg_per_unit": {"IL-6": 8.0}}
    text = _text(replace(results(), config=config(elisa=elisa)))
    assert "Standards in U/mL were converted: 1 U of IL-6 as 8 pg." in text
    assert "U/mL" not in _text(results())


def test_a_medium_that_was_subtracted_is_stated(results: MakeResults) -> None:
    def text(is_subtracted: bool) -> str:
        curves = {"P1": {"IL-6": {"medium_subtracted": is_subtracted}}}
        return _text(replace(results(), curves=curves))

    assert "The mean concentration of the medium blanks was subtracted" in text(True)
    assert "medium blank" not in text(False)


def test_concentrations_of_the_readers_software_are_named(results: MakeResults) -> None:
    given = {"IL-6": {"source": "the reader's software", "assumed_cv_percent": 6.0}}
    fitted = {"IL-6": {"readings": None}}
    mixed = _text(replace(results(), curves={"L1": given, "P1": fitted}))
    said = (
        "The concentrations of plate L1 are those of the reader's software, with an assumed CV of "
        "6 % for a well."
    )
    assert f"{said} One 4PL standard curve was fitted for each other plate and analyte" in mixed
    alone = _text(replace(results(), curves={"L1": given}))
    assert f"Immunoassay: {said} Concentrations are those of the undiluted" in alone
    assert "standard curve" not in alone
    assert "software, with" not in _text(replace(results(), curves={"P1": fitted}))


def test_plates_that_share_a_curve_are_named(results: MakeResults, config: Make) -> None:
    elisa = results().config["elisa"] | {"curve_of": {"P2": "P1", "P3": "P1", "P5": "P4"}}
    text = _text(replace(results(), config=config(elisa=elisa)))
    assert "Plates P2 and P3 had no curve of their own and were read from the standards of P1." in (
        text
    )
    assert "Plate P5 had no curve of its own and was read from the standards of P4." in text
    assert "of their own" not in _text(results())


def test_applied_plate_factors_are_stated(results: MakeResults, config: Make) -> None:
    elisa = results().config["elisa"] | {"plate_factors": "apply"}
    text = _text(replace(results(), config=config(elisa=elisa)))
    assert "The values of cultures were divided by the factor of their plate" in text
    assert "factor of their plate" not in _text(results())


def test_the_stains_are_those_of_the_study(results: MakeResults, config: Make) -> None:
    asked = results().config["flow"]
    alone = asked | {"channels": {"annexin": None, "viability_dye": "PI"}, "populations": []}
    text = _text(replace(results(), config=config(flow=alone)))
    assert ", and the threshold of PI." in text
    assert "cells that are PI-positive are of the single cells" in text
    stains = [
        {"name": "SYTO9", "channel": "FITC-A", "living_cells": "positive"},
        {"name": "PI", "channel": "PE-A", "living_cells": "negative"},
    ]
    dead = {"name": "dead", "cells": {"SYTO9": "negative", "PI": "positive"}}
    two = alone | {"stains": stains, "outcomes": [dead]}
    both = _text(replace(results(), config=config(flow=two)))
    assert "the quadrants of SYTO9 and PI" in both
    assert "dead (SYTO9-negative PI-positive)" in both
    for written in (text, both):
        assert "Annexin" not in written
        assert "poptotic" not in written


def test_one_stained_channel_has_no_spill_to_correct(results: MakeResults, config: Make) -> None:
    asked = results().config["flow"]
    own_controls = {"source": "single_stains", "method": "positives", "file": None}
    flow = asked | {"channels": {"annexin": None, "viability_dye": "PI"}, "populations": []}
    flow |= {"compensation": own_controls}
    one_channel = "One channel is stained, so there is no spill to correct."
    assert one_channel in _text(replace(results(), config=config(flow=flow)))
    stains = [
        {"name": name, "channel": channel, "living_cells": "negative"}
        for name, channel in (("PI", "PE-A"), ("SYTOX", "FITC-A"))
    ]
    two = flow | {"stains": stains}
    assert one_channel not in _text(replace(results(), config=config(flow=two)))


def test_the_glossary_has_the_terms_of_what_the_study_has(
    results: MakeResults, config: Make
) -> None:
    terms = ("90 % CI", "Bound", "FMO", "Bliss")
    assert not {*terms} & set(glossary(results()))
    comparison = {**config()["comparison"], "findings": [{"kind": "not_raised"}]}
    tables = {
        "comparison/arms.csv": pd.DataFrame({"censored": [0, 1]}),
        "comparison/combination.csv": pd.DataFrame({"combination": ["DEX + LEN"]}),
        "flow/wells.csv": pd.DataFrame({"role": ["sample", "fmo_dye"]}),
    }
    assert {*terms} <= set(glossary(results(config=config(comparison=comparison), tables=tables)))


def test_the_glossary_explains_the_quadrants_of_annexin_with_a_dye_only(
    results: MakeResults, config: Make
) -> None:
    term = "Viable, early, late, necrotic"
    for annexin, is_there in (("A", True), (None, False)):
        flow = {"channels": {"annexin": annexin, "viability_dye": "D"}}
        assert (term in glossary(results(config=config(flow=flow)))) == is_there
