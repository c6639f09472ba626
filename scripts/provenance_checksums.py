"""Write the SHA-256 of every result whose bytes a rerun repeats."""

from pathlib import Path
from typing import Any

from coculture import provenance
from coculture.running import step


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    checksums = Path(outputs.checksums)
    lines = provenance.checksum_lines(inputs, checksums.parent)
    checksums.write_text(lines, encoding="utf-8")


if "snakemake" in globals():
    step.run(main, globals()["snakemake"])
