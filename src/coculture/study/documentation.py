"""config/README.md, written from the schemas, so that it explains every key there is."""

from collections.abc import Iterator
from typing import Any

from coculture.study.schema import Schema, schema

TABLES = ("cultures", "flow", "elisa", "clinical")

_INTRODUCTION = """\
# A study's config and tables

Written by `make document` from src/coculture/study/schemas; edit those.

To describe your own study, copy `config/config.yaml`, give it a new `study` name, point `tables`
to your own, and run `make check STUDY=config/mine.yaml`: every problem is listed with file, row,
column and what to do, and nothing runs. Then `make run STUDY=config/mine.yaml`. The config is the
whole study: no key of the example leaks into it, and a key left out has the default given here.
Paths are relative to the file that holds them.

The smallest config of a study of one drug:

```yaml
study: mine
tables: {cultures: ../data/raw/mine/cultures.csv, flow: ../data/raw/mine/flow.csv}
factors: [{name: LEN, column: len_uM, unit: µM}]
cells: {reference: parental}
flow:
  channels: {annexin: Annexin V-FITC, viability_dye: PI}
  populations: [{name: myeloma, markers: [{channel: CD138, positive: true}]}]
comparison:
  findings:
    - id: "1"
      kind: higher
      endpoint: apoptosis
      statement: LEN kills the parental cells
      arm: {cells: parental, len_uM: 10}
      compared_with: [{cells: parental}]
```

Its cultures.csv then has the columns culture, experiment, cells, len_uM, hours and replicate, and
its flow.csv fcs, experiment, role, cells, channel and culture.

An **experiment** is an independent repeat (a day, a donor) and is what the tests count. An **arm**
is one combination of cells, stroma, dose of every factor, and hours. Wells are technical.

## Where thresholds come from

One threshold an experiment and population, shared by all of its treatments; the best source that
the experiment has is used, and `gates.yaml` says which:

1. your own, under `flow.gates` in the config: the block of `gates.yaml`, changed as you like;
2. `live_peak`: the live cells' own peak in the stained wells (Annexin V, dye), checked against FMO
   and unstained tubes; for a marker, the cells that lack it (`population_negative`);
3. `fmo`: the 99.5th percentile of the tube with every stain but this one;
4. `unstained`: median + 3 robust SD of the unstained cells;
5. `pooled`: the valley between two peaks of all samples together. Exploratory, and refused where
   there is one peak.

Tubes without Annexin V lack the little that live cells bind, so thresholds from them alone were up
to tens of points off in simulated wells (`benchmarks/flow_thresholds.py`); that is why they check
the live peak rather than replace it. A threshold of your own looks like this:

```yaml
flow:
  gates:
    E1:                      # experiment
      myeloma:               # population
        annexin:             # gate, as gates.yaml calls it
          channels: [R660-A]
          threshold: 400
          keep: above
```
"""


def markdown() -> str:
    """The whole document."""
    parts = [_INTRODUCTION, "## The config\n", "| key | default | meaning |", "|---|---|---|"]
    parts += _rows(schema("config"))
    for table in TABLES:
        rules = schema(f"{table}.table")
        parts += [f"\n## {rules['title']}\n", f"{rules['description']}\n"]
        parts += ["| column | if absent | holds |", "|---|---|---|"]
        parts += _rows(rules)
    return "\n".join(parts) + "\n"


def _rows(rules: Schema, above: str = "") -> Iterator[str]:
    for key, rule in rules.get("properties", {}).items():
        name = f"{above}{key}"
        required = key in rules.get("required", [])
        yield f"| `{name}` | {'required' if required else _default(rule)} | {_meaning(rule)} |"
        yield from _rows(rule, f"{name}.")
        if isinstance(rule.get("items"), dict):
            yield from _rows(rule["items"], f"{name}[].")


def _default(rule: Schema) -> str:
    default: Any = rule.get("default")
    if default is None:
        return "none"
    if default == "" or isinstance(default, list | dict):
        return "empty"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _meaning(rule: Schema) -> str:
    text = " ".join(str(rule.get("description", "")).split())
    if "enum" in rule:
        choices = ", ".join("none" if one is None else f"`{one}`" for one in rule["enum"])
        text += f" One of {choices}."
    return text.replace("|", "\\|")
