"""README and config of the dose-response study."""

from string import Template

from coculture.simulate.configuration import file_name
from coculture.simulate.events import LABELS
from coculture.simulate.files import WAVELENGTHS_NM

README = """\
# Simulated study

**Nothing in this folder was measured.** `coculture.simulate` made it from seed {seed}; the same
seed gives the same bytes. It is made again when the design, the seed or the simulator changes, so
change nothing here.

{design.experiments} experiments with serum of {design.donors} donors, {design.wells} well an arm.
Two myeloma lines on {design.stroma} or without stroma, and {design.stroma} alone; BTZ at
{design.doses} nM, without and with DEX {design.second[1]:g} nM, for {design.hours:g} h.

| file | one row is |
|---|---|
| cultures.csv | a culture ({cultures} of them) |
| flow.csv, flow/ | an FCS file: {events:,} events a culture; none of stroma alone |
| elisa.csv, elisa/ | an ELISA well of {plates} plates; none of cells without stroma |
| truth.csv | a culture's true percent apoptotic (of the myeloma cells) and IL-6 |
| truth_curves.csv | the true curve of each arm of lines, stroma and DEX over the doses of BTZ |

## What is true

With d the dose of BTZ, of the average experiment:

- percent apoptotic = at_zero + (plateau - at_zero) / (1 + (EC50 / d)^slope), slope {truth.slope:g};
  {design.stroma} multiplies the EC50 by {truth.protection:g}, DEX by {truth.sensitisation:g}; DEX
  adds {truth.bottom_with_dex:g} points at dose zero.
- IL-6 = at_zero - (at_zero - plateau) / (1 + (EC50 / d)^slope), slope {truth.il6_slope:g}, the
  plateau being {truth.il6_floor:g} of at_zero; DEX multiplies it by {truth.il6_with_dex:g}.
- Between experiments: SD {truth.sd_bottom:g} (logit) of both ends, {truth.sd_ln_ec50:g} of ln EC50,
  {truth.sd_ln_il6:g} of ln IL-6. Between arms inside them {truth.sd_arm:g} (logit) and
  {truth.sd_ln_il6_arm:g} (ln IL-6), between wells {truth.sd_well:g} and {truth.sd_ln_il6_well:g}.
- ELISA CV {cv:g} % a well.
"""


def config(name: str, tables: str, seed: int | None = None) -> str:
    """The text of the study's config.

    Parameters
    ----------
    name
        The study's name.
    tables
        The folder of the study's tables, relative to the config, with forward slashes.
    seed
        Given if the files are to be made when the study is run.
    """
    made = "" if seed is None else _SIMULATE.format(seed=seed)
    _, annexin, dye = LABELS[3:6]
    main, reference = WAVELENGTHS_NM
    return _CONFIG.substitute(
        name=file_name(name),
        tables="" if tables == "." else f"{tables}/",
        annexin=annexin,
        dye=dye,
        simulate=made,
        wavelength=main,
        reference_wavelength=reference,
    )


_SIMULATE = """\
# Written into the folder of the tables before they are read; experiments, wells and events can be
# given, too.
simulate: {{design: dose_response, seed: {seed}}}
"""

_CONFIG = Template("""\
# Doses of one drug at two levels of another, in two lines, with and without stroma. Simulated, with
# known truth (truth.csv and truth_curves.csv beside the tables):
#
#     make run STUDY=config/dose_response.yaml

study: $name
title: Bortezomib and dexamethasone in two myeloma lines, with and without stroma (simulated)
simulated: true
$simulate
# Relative to this file.
tables:
  cultures: ${tables}cultures.csv
  flow: ${tables}flow.csv
  elisa: ${tables}elisa.csv

# The unit of each dose is in the heading of its column.
factors:
  - {name: BTZ, column: btz_nM}
  - {name: DEX, column: dex_nM}

cells:
  reference: MM1S
  labels: {MM1S: MM.1S}

flow:
  channels:
    forward_scatter_area: FSC-A
    forward_scatter_height: FSC-H
    side_scatter_area: SSC-A
    annexin: $annexin
    viability_dye: $dye
    time: Time
  populations:
    - name: myeloma
      markers: [{channel: GFP, positive: true}]
  compensation:
    source: single_stains

elisa:
  wavelength_nm: $wavelength
  reference_wavelength_nm: $reference_wavelength
  model: 4PL

comparison:
  margin_points: 5
  findings:
    - id: "1"
      kind: higher
      endpoint: apoptosis
      statement: BTZ raises apoptosis of MM.1S cells without stroma
      arm: {cells: MM1S, stroma: none, btz_nM: 12}
      compared_with:
        - {cells: MM1S, stroma: none}

    - id: "2"
      kind: lower
      endpoint: apoptosis
      statement: HS-5 protects MM.1S cells from BTZ
      arm: {cells: MM1S, stroma: HS-5, btz_nM: 6}
      compared_with:
        - {cells: MM1S, stroma: none, btz_nM: 6}

    - id: "3"
      kind: higher
      endpoint: apoptosis
      statement: BTZ with DEX raises apoptosis of U266 cells on HS-5 more than either drug does
      arm: {cells: U266, stroma: HS-5, btz_nM: 6, dex_nM: 100}
      compared_with:
        - {cells: U266, stroma: HS-5, btz_nM: 6}
        - {cells: U266, stroma: HS-5, dex_nM: 100}

    - id: "4"
      kind: not_raised
      endpoint: apoptosis
      statement: The lowest dose of BTZ does not raise apoptosis of U266 cells on HS-5
      arm: {cells: U266, stroma: HS-5, btz_nM: 1}
      compared_with:
        - {cells: U266, stroma: HS-5}

    - id: "5"
      kind: lower
      endpoint: IL-6
      statement: BTZ lowers IL-6 of MM.1S cells on HS-5
      arm: {cells: MM1S, stroma: HS-5, btz_nM: 12}
      compared_with:
        - {cells: MM1S, stroma: HS-5}

    - id: "6"
      kind: lower
      endpoint: IL-6
      statement: HS-5 alone makes less IL-6 than with U266 cells
      arm: {cells: "", stroma: HS-5}
      compared_with:
        - {cells: U266, stroma: HS-5}

    - id: "7"
      kind: ec50_lower
      endpoint: apoptosis
      statement: Less BTZ has half its effect on MM.1S cells without stroma than on HS-5
      dose: btz_nM
      arm: {cells: MM1S, stroma: none}
      compared_with:
        - {cells: MM1S, stroma: HS-5}

    - id: "8"
      kind: ec50_lower
      endpoint: apoptosis
      statement: DEX lowers the EC50 of BTZ in U266 cells on HS-5
      dose: btz_nM
      arm: {cells: U266, stroma: HS-5, dex_nM: 100}
      compared_with:
        - {cells: U266, stroma: HS-5}

    - id: "9"
      kind: dose_trend
      endpoint: IL-6
      statement: IL-6 of U266 cells on HS-5 falls with the dose of BTZ
      direction: fall
      arm: {cells: U266, stroma: HS-5, btz_nM: 50}
      compared_with:
        - {cells: U266, stroma: HS-5}

    - id: "10"
      kind: synergy
      endpoint: apoptosis
      statement: BTZ and DEX are synergistic in U266 cells on HS-5
      arm: {cells: U266, stroma: HS-5, btz_nM: 12, dex_nM: 100}
      compared_with:
        - {cells: U266, stroma: HS-5}
""")
