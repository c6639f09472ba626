"""The MIFlowCyt sheet: reagents of the config, settings of the files, gates with their shares."""

from collections.abc import Callable

import pandas as pd

from coculture.flow import FlowSettings, GatedForSheet, gate_experiment, sheet


def test_the_sheet_has_what_files_and_config_say(
    files: pd.DataFrame, myeloma_settings: Callable[..., FlowSettings]
) -> None:
    settings = myeloma_settings()
    gated = gate_experiment(files, settings)
    reagents = [{"channel": "annexin v-apc", "fluorochrome": "APC", "supplier": "a | b"}]
    settings = myeloma_settings(channels={"annexin": "Annexin V-APC"})
    one = GatedForSheet("E1", files, gated.gates, gated.wells)
    text = sheet("small", [one], settings, reagents)
    assert text == sheet("small", [one], settings, reagents)
    lines = text.splitlines()
    assert "| Annexin V-APC |  | Annexin V | APC |  | a \\| b |  |  |" in lines or any(
        line.startswith("| Annexin V-APC | ") and "| APC |  | a \\| b |  |  |" in line
        for line in lines
    )
    assert any(line.startswith("| cytometer | Simulated cytometer") for line in lines)
    assert any(line.startswith("| E1 | unstained | ") for line in lines)
    samples = gated.wells[gated.wells["role"] == "sample"]
    kept = 100 * samples["events_singlets"].sum() / samples["events_cells"].sum()
    (singlets,) = [line for line in lines if line.startswith("| singlets | FSC-H / FSC-A >= ")]
    assert f"| {kept:.3g} % (" in singlets
    (annexin,) = [line for line in lines if line.startswith("| Annexin V | R660-A >= ")]
    positive = samples[["n_early", "n_late"]].to_numpy().sum()
    assert f"| {100 * positive / samples['events_population'].sum():.3g} % (" in annexin
