"""The config of a simulated study: the one that a laboratory would copy and adapt."""

import re
from string import Template

from coculture.simulate.events import LABELS
from coculture.simulate.files import WAVELENGTHS_NM
from coculture.simulate.parameters import Parameters


def text(name: str, tables: str, parameters: Parameters) -> str:
    """The text of the study's config.

    Parameters
    ----------
    name
        The study's name; characters that a folder's name had better not have become hyphens.
    tables
        The folder of the study's tables, relative to the config, with forward slashes.
    parameters
        The findings name the doses of the design; a design without the example's arms needs
        findings of its own.
    """
    design = parameters.design
    _, annexin, dye = LABELS[3:6]
    main, reference = WAVELENGTHS_NM
    return _TEXT.substitute(
        name=file_name(name),
        tables="" if tables == "." else f"{tables}/",
        annexin=annexin,
        dye=dye,
        wavelength=main,
        reference_wavelength=reference,
        dex=f"dex_nM: {design.dex_nM:g}",
        il1ra=f"il1ra_ng_ml: {design.il1ra_ng_ml:g}",
        il6=f"il6_ng_ml: {design.il6_ng_ml:g}",
    )


def file_name(name: str) -> str:
    """The name of a study as the config can have it.

    >>> file_name("my study"), file_name("µ")
    ('my-study', 'simulated')
    """
    return re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-._") or "simulated"


_TEXT = Template("""\
# Everything this study depends on. To run another, copy this file and change it:
#
#     make run STUDY=config/mine.yaml
#
# A key that is left out keeps its default; config/README.md explains every key.

study: $name   # results go to results/$name/
title: IL-1Ra, dexamethasone and IL-6 in myeloma-stroma co-cultures (simulated)
simulated: true   # everything shown is labelled so; leave this out for measured data

# Relative to this file. The raw files in the tables are relative to their table.
tables:
  cultures: ${tables}cultures.csv
  flow: ${tables}flow.csv
  elisa: ${tables}elisa.csv
  clinical: ${tables}clinical.csv

# What was added to the cultures, in the order in which it is shown. `column` holds the dose in
# cultures.csv. Where IL-6 was added, the IL-6 measured says nothing about the cells.
factors:
  - {name: DEX, column: dex_nM, unit: nM, untreated: 0}
  - {name: IL-1Ra, column: il1ra_ng_ml, unit: ng/mL, untreated: 0}
  - {name: IL-6, column: il6_ng_ml, unit: ng/mL, untreated: 0, adds_analyte: IL-6}

cells:
  reference: control
  labels: {il1b: "IL-1β"}

flow:
  channels:   # the cytometer's names or the panel's labels
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
    source: single_stains   # or embedded, csv, none

elisa:
  wavelength_nm: $wavelength
  reference_wavelength_nm: $reference_wavelength
  model: 4PL

# What the study set out to show, stated before its data are seen. A drug that an arm does not
# name is at its untreated level.
comparison:
  margin_points: 5         # a smaller rise in percent apoptotic counts as none
  residual_fraction: 0.25  # of an effect that is called eliminated, less than this is left
  findings:
    - id: 1a
      kind: lower
      endpoint: IL-6
      statement: IL-1Ra inhibits IL-6 more than DEX does, in IL-1β-transduced cells
      arm: {cells: il1b, $il1ra}
      compared_with:
        - {cells: il1b, $dex}

    - id: 1b
      kind: not_raised
      endpoint: apoptosis
      statement: IL-1Ra does not raise apoptosis, in IL-1β-transduced cells
      arm: {cells: il1b, $il1ra}
      compared_with:
        - {cells: il1b}

    - id: 2a
      kind: eliminated
      endpoint: apoptosis
      statement: Added IL-6 eliminates DEX's apoptosis, in control cells
      effect:
        arm: {cells: control, $dex}
        compared_with: {cells: control}
      residual:
        arm: {cells: control, $dex, $il6}
        compared_with: {cells: control, $il6}

    - id: 2b
      kind: eliminated
      endpoint: apoptosis
      statement: The IL-6 that IL-1β-transduced cells make themselves eliminates DEX's apoptosis
      caveat: >-
        The two cell types differ in more than their IL-6: the loss of DEX's effect cannot be
        distinguished from an effect of the transduction itself.
      effect:
        arm: {cells: control, $dex}
        compared_with: {cells: control}
      residual:
        arm: {cells: il1b, $dex}
        compared_with: {cells: il1b}

    - id: 2c
      kind: eliminated
      endpoint: apoptosis
      statement: Added IL-6 eliminates the combination's apoptosis, in IL-1β-transduced cells
      effect:
        arm: {cells: il1b, $dex, $il1ra}
        compared_with: {cells: il1b, $il1ra}
      residual:
        arm: {cells: il1b, $dex, $il1ra, $il6}
        compared_with: {cells: il1b, $il1ra, $il6}

    - id: 3a
      kind: lower
      endpoint: IL-6
      statement: The combination of DEX and IL-1Ra gives the lowest IL-6, in IL-1β-transduced cells
      arm: {cells: il1b, $dex, $il1ra}
      compared_with:
        - {cells: il1b}
        - {cells: il1b, $dex}
        - {cells: il1b, $il1ra}

    - id: 3b
      kind: higher
      endpoint: apoptosis
      statement: >-
        The combination of DEX and IL-1Ra gives the highest apoptosis, in IL-1β-transduced cells
      arm: {cells: il1b, $dex, $il1ra}
      compared_with:
        - {cells: il1b}
        - {cells: il1b, $dex}
        - {cells: il1b, $il1ra}
""")
