"""The README of a simulated study: that it is one, how it was made, and what is true."""

import pandas as pd

from coculture.simulate import tubes
from coculture.simulate.parameters import Parameters

_TEXT = """\
# Simulated study

**Nothing in this folder was measured.** `coculture.simulate` made it from seed {seed}; the same
seed gives the same bytes. `make example` writes the repository's example again.

{experiments} experiments of {arms} arms with {wells} wells each: myeloma cells, without (control)
or with (il1b) the gene of IL-1β, on {stroma} stroma for {hours:g} h.

| file | one row is |
|---|---|
| cultures.csv | a culture ({cultures} of them) |
| flow.csv, flow/ | an FCS file: {events:,} events a culture, {events_control:,} a control |
| elisa.csv, elisa/ | an ELISA well; SoftMax Pro exports of {plates} plates |
| clinical.csv | a patient x analyte; the patients are simulated too |
| truth.csv | a culture's true percent apoptotic (of the myeloma cells) and IL-6 |

## What is true

An assumption that agrees with published findings. All numbers are explained in
`src/coculture/simulate/parameters.py`; the main ones:

- IL-6 (pg/mL) = {secretion.stroma:,g} (x {secretion.stroma_with_dex:g} with DEX)
  + in il1b cells {secretion.transduced:,g} (x {secretion.transduced_with_dex:g} with DEX,
  x {secretion.transduced_with_il1ra:g} with IL-1Ra)
  + {secretion.added:,g} if IL-6 was added.
- logit(apoptotic) = logit({apoptosis.untreated:g}) - {apoptosis.protection_untreated:g} h
  + with DEX (logit({apoptosis.with_dex:g}) - logit({apoptosis.untreated:g})) (1 - h)
  + with DEX the experiment's DEX slope,
  where h = IL6^{n:g} / ({apoptosis.half_protection:,g}^{n:g} + IL6^{n:g}) with the culture's own
  IL-6.
- SDs of ln IL-6: experiment {secretion.sd_experiment:g},
  experiment x arm {secretion.sd_arm:g}, well {secretion.sd_well:g}.
  ELISA CV {cv:g} % a well.
- SDs of the logit: experiment {apoptosis.sd_experiment:g}, DEX slope {apoptosis.sd_dex_slope:g},
  experiment x arm {apoptosis.sd_arm:g}, well {apoptosis.sd_well:g}.

## The controls of each experiment

`unstained-*` and `single-*` are myeloma cells alone; unstained cells carry their GFP. The single
stains for Annexin V and 7-AAD are killed cells ({killed:g} % apoptotic), the one for GFP is
the cells' own GFP. `stroma-alone` is unstained stroma, which has no GFP but an autofluorescence
of its own. The `FMO-*` tubes are treated co-cultures ({treated:g} % apoptotic) with one stain left
out. The $SPILLOVER in the files is what was set at acquisition: near the truth, not equal to it.

## What went wrong, on purpose

{mishaps}
"""


def text(parameters: Parameters, seed: int, cultures: pd.DataFrame, wells: pd.DataFrame) -> str:
    """The README of a simulated study: that it is one, how it was made, and what is true."""
    design = parameters.design
    return _TEXT.format(
        seed=seed,
        experiments=design.experiments,
        arms=len(design.arms),
        wells=design.wells,
        stroma=design.stroma,
        hours=design.hours,
        cultures=len(cultures),
        plates=wells["plate"].nunique(),
        events=parameters.cytometer.events,
        events_control=parameters.cytometer.events_control,
        secretion=parameters.secretion,
        apoptosis=parameters.apoptosis,
        n=parameters.apoptosis.hill,
        cv=100 * parameters.plate_reader.cv,
        killed=tubes.KILLED_PERCENT,
        treated=tubes.TREATED_PERCENT,
        mishaps=_mishaps(parameters, cultures, wells),
    )


def _mishaps(parameters: Parameters, cultures: pd.DataFrame, wells: pd.DataFrame) -> str:
    mishaps = parameters.design.mishaps
    samples = wells[wells["role"] == "sample"].merge(cultures, on="culture")
    lowest = min(level for level in parameters.plate_reader.standards_pg_ml if level > 0)
    low = samples[samples["il6_pg_ml"] / samples["dilution"].astype(float) < lowest]
    wholly_low = set(samples["culture"]) - set(samples["culture"][~samples.index.isin(low.index)])
    lines = [f"- Lost: culture {culture}." for culture in mishaps.lost_cultures]
    lines += [f"- Lost with all its wells: {arm}." for arm in mishaps.lost_arms]
    lines += [
        f"- Not washed, over the reader's range: the well of {culture} at x{dilution}."
        for culture, dilution in mishaps.unwashed_wells
    ]
    lines += [f"- Diluted as if it held much IL-6: {culture}." for culture in mishaps.overdiluted]
    lines += [
        f"- {len(low)} ELISA wells hold less than the lowest standard ({lowest:g} pg/mL); "
        f"both wells do of: {', '.join(sorted(wholly_low)) or 'no culture'}."
    ]
    return "\n".join(lines)
