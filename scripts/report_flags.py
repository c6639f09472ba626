"""Gather the flags of all stages into one table."""

from typing import Any

from coculture.exchange import flags


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    found = flags.read(
        *inputs.study,
        *inputs.flow,
        *inputs.drift,
        *inputs.plates,
        *inputs.elisa_cultures,
        *inputs.comparison,
    )
    flags.write(found, outputs.flags)
