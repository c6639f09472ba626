"""Settings and small plates that the ELISA tests share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from coculture.elisa import AcceptanceLimits, ElisaSettings

SCHEMA = Path(__file__).parents[2] / "src" / "coculture" / "study" / "schemas" / "elisa.schema.yaml"


def _defaults(schema: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _defaults(part) if part.get("type") == "object" else part["default"]
        for key, part in schema["properties"].items()
    }


@pytest.fixture
def settings() -> Callable[..., ElisaSettings]:
    """Settings with the schema's defaults, and what a test changes; `limits` changes limits."""

    def make(limits: dict[str, Any] | None = None, **changed: Any) -> ElisaSettings:
        config = _defaults(yaml.safe_load(SCHEMA.read_text(encoding="utf-8"))) | changed
        config["limits"] = config["limits"] | (limits or {})
        return ElisaSettings.from_config(config)

    return make


@pytest.fixture
def acceptance(settings: Callable[..., ElisaSettings]) -> AcceptanceLimits:
    """The limits of acceptance with the schema's defaults, which are those of ICH M10."""
    return settings().limits


LEVELS = (600.0, 300.0, 150.0, 75.0, 37.5, 18.75, 9.375, 0.0)


def true_response(concentration: Any) -> Any:
    """The curve that simulated plates follow."""
    x = np.maximum(np.asarray(concentration, dtype=float), 1e-12)
    return 3.2 + (0.05 - 3.2) / (1 + (x / 500) ** 1.15)


@pytest.fixture
def readings() -> Callable[..., pd.DataFrame]:
    """Readings of one plate as `read_layout` gives them: standards, controls and given samples.

    `samples` maps a culture to its true pg/mL, `noise` is the wells' CV; every sample is read at
    each of `dilutions` in `replicates` wells.
    """

    def make(
        samples: dict[str, float] | None = None,
        dilutions: tuple[float, ...] = (10, 50),
        replicates: int = 1,
        noise: float = 0.0,
        seed: int = 1,
        plate: str = "P1",
    ) -> pd.DataFrame:
        rows = [
            {"role": "standard", "concentration_pg_ml": level, "in_well": level}
            for level in LEVELS
            for _ in range(2)
        ]
        rows += [
            {"role": "control", "concentration_pg_ml": level, "in_well": level}
            for level in (40.0, 250.0)
            for _ in range(2)
        ]
        rows += [
            {"role": "sample", "culture": culture, "dilution": d, "in_well": value / d}
            for culture, value in (samples or {}).items()
            for d in dilutions
            for _ in range(replicates)
        ]
        frame = pd.DataFrame(
            rows, columns=["role", "concentration_pg_ml", "culture", "dilution", "in_well"]
        )
        frame["culture"] = frame["culture"].astype(object).fillna("").astype(str)
        frame["dilution"] = frame["dilution"].fillna(1).astype(float)
        mean = true_response(frame["in_well"])
        scatter = np.random.default_rng(seed).normal(size=len(frame))
        response = mean + scatter * np.where(noise > 0, np.hypot(0.005, noise * mean), 0.0)
        wells = [f"{'ABCDEFGH'[i % 8]}{i // 8 + 1}" for i in range(len(frame))]
        return frame.drop(columns="in_well").assign(
            plate=plate,
            file=f"{plate}.txt",
            plate_in_file="",
            analyte="IL-6",
            exclude="",
            excluded="",
            well=wells,
            od=response + 0.04,
            od_reference=0.04,
            response=response,
            state="ok",
        )

    return make


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """A plain export of 96 wells at 450 and 570 nm: OD 1.01 to 1.96, plastic 0.04."""
    od = 1 + np.arange(1, 97).reshape(8, 12) / 100
    lines = []
    for name, values in (("450", od), ("570", np.full((8, 12), 0.04))):
        lines.append(",".join([name, *map(str, range(1, 13))]))
        lines += [",".join(["ABCDEFGH"[i], *(f"{v:.2f}" for v in values[i])]) for i in range(8)]
        lines.append("")
    path = tmp_path / "run.csv"
    path.write_text("\n".join(lines))
    return path


@pytest.fixture
def wells(export: Path) -> pd.DataFrame:
    """Rows of elisa.csv for the export; the index is not 0, 1, 2 ..."""
    rows = [
        {"well": f"{'ABCDEFGH'[i]}{k}", "role": "standard", "concentration_pg_ml": level}
        for i, level in enumerate(LEVELS)
        for k in (1, 2)
    ]
    rows.append({"well": "A03", "role": "sample", "concentration_pg_ml": np.nan})
    frame = pd.DataFrame(rows, index=range(2, 2 + len(rows)))
    return frame.assign(
        plate="P1", file=str(export), plate_in_file="", analyte="IL-6", exclude="", dilution=10.0,
        culture=["c1" if role == "sample" else "" for role in frame["role"]],
    )  # fmt: skip
