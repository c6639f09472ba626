"""Write down what differs from the earlier results that the config names."""

from typing import Any

from coculture import differences
from coculture.exchange.result_tables import SCHEMA_VERSION


def main(inputs: Any, outputs: Any, parameters: Any) -> None:
    now = differences.RunResults(differences.THIS_RUN, parameters.now, SCHEMA_VERSION)
    earlier = differences.RunResults.in_folder(parameters.folder, parameters.earlier)
    differences.write_differences(
        earlier, parameters.digest, now, outputs.differences, outputs.words
    )
