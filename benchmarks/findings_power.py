"""Power of the findings of the example study: the fraction of simulated studies that show them.

Each seed is one study of four experiments: the true values of the cultures, the counting error of
the events, the error of the ELISA, then `coculture.comparison` as the workflow runs it, with the
findings of config/config.yaml. No raw files are made, so that hundreds of studies take minutes. The
power is compared with the stated one.

    .venv/bin/python benchmarks/findings_power.py [--seeds 200] [--no-dex-effect]
"""

import argparse
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import binomtest

from coculture import comparison
from coculture.simulate import EXAMPLE, Parameters
from coculture.simulate.truth import cultures, realise, survivors
from coculture.study import load

CONFIG = Path(__file__).parents[1] / "config/config.yaml"
POPULATION = "myeloma"
STATED_EACH = 0.92
STATED_TOGETHER = 0.85


@dataclass(frozen=True)
class Power:
    """The number of studies in which one finding (or all together) was shown."""

    finding: str
    shown: int
    studies: int
    stated: float

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the fraction."""
        interval = binomtest(self.shown, self.studies).proportion_ci(method="exact")
        return float(interval.low), float(interval.high)

    @property
    def agrees(self) -> bool:
        """Whether the stated power is below the upper limit of the interval."""
        return self.stated <= self.interval[1]


def main() -> int:
    """Print the table; the exit status is 1 if a stated power is not reached."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=200, help="number of studies")
    parser.add_argument("--no-dex-effect", action="store_true", help="DEX does not kill cells")
    chosen = parser.parse_args()
    parameters = without_dex_effect(EXAMPLE) if chosen.no_dex_effect else EXAMPLE
    settings = comparison_settings()
    verdicts = pd.DataFrame(
        [verdicts_of(seed, parameters, settings) for seed in range(chosen.seeds)]
    )
    shown = verdicts == "shown"
    powers = [
        Power(str(finding), int(shown[finding].sum()), len(shown), STATED_EACH)
        for finding in shown.columns
    ]
    powers.append(
        Power("together", int(shown.all(axis="columns").sum()), len(shown), STATED_TOGETHER)
    )
    print(f"{len(shown)} simulated studies of {parameters.design.experiments} experiments")
    for power in powers:
        low, high = power.interval
        print(
            f"{power.finding:9} shown {power.shown / power.studies:.3f} ({low:.3f} to {high:.3f})"
            + ("" if chosen.no_dex_effect else f"  stated {power.stated:.2f}")
        )
    return 0 if chosen.no_dex_effect or all(power.agrees for power in powers) else 1


def comparison_settings() -> comparison.ComparisonSettings:
    """The settings of the comparison in the config of the example."""
    config = load(CONFIG).config
    return comparison.ComparisonSettings.from_config(
        config["comparison"], config["factors"], config["cells"]
    )


def without_dex_effect(parameters: Parameters) -> Parameters:
    """The same study without effect of DEX on apoptosis; its effect on IL-6 stays."""
    apoptosis = replace(
        parameters.apoptosis, with_dex=parameters.apoptosis.untreated, sd_dex_slope=0.0
    )
    return replace(parameters, apoptosis=apoptosis)


def verdicts_of(
    seed: int, parameters: Parameters, settings: comparison.ComparisonSettings
) -> "pd.Series[str]":
    """The verdict on each finding in one simulated study."""
    rng = np.random.default_rng(seed)
    designed = cultures(parameters.design)
    drawn = designed.merge(realise(designed, parameters, rng), on="culture")
    drawn = survivors(drawn, parameters.design)
    joined = comparison.join_cultures(
        drawn.drop(columns=["arm", "percent_apoptotic", "il6_pg_ml"]),
        flow_wells(drawn, parameters, rng),
        elisa_cultures(drawn, parameters, rng),
        POPULATION,
        settings.analytes,
        settings,
    )
    findings = comparison.compare(joined, settings).findings
    return findings.set_index("id")["verdict"]


def flow_wells(
    drawn: pd.DataFrame, parameters: Parameters, rng: np.random.Generator
) -> pd.DataFrame:
    """Counts of gating without error: binomial in the myeloma cells of one file."""
    tube, cells = parameters.cytometer, parameters.cells
    single = tube.events * (1 - cells.debris_share - cells.doublet_share)
    counted = round(single * (1 - cells.stroma_share))
    apoptotic = rng.binomial(counted, drawn["percent_apoptotic"] / 100)
    return pd.DataFrame(
        {
            "culture": drawn["culture"],
            "population": POPULATION,
            "n_viable": counted - apoptotic,
            "n_early": apoptotic,
            "n_late": 0,
            "n_necrotic": 0,
            "percent_apoptotic": 100 * apoptotic / counted,
            "flags": "",
            "excluded": "",
        }
    )


def elisa_cultures(
    drawn: pd.DataFrame, parameters: Parameters, rng: np.random.Generator
) -> pd.DataFrame:
    """The reading of one well inside the range: the true value with the error of the assay."""
    error = rng.normal(0, parameters.plate_reader.cv, len(drawn))
    return pd.DataFrame(
        {
            "culture": drawn["culture"],
            "analyte": "IL-6",
            "concentration_pg_ml": drawn["il6_pg_ml"] * np.exp(error),
            "state": "ok",
            "bound_pg_ml": np.nan,
            "flags": "",
        }
    )


if __name__ == "__main__":
    sys.exit(main())
