"""Defensible alternatives: choices of the analysis that could have been made otherwise.

Flow cytometry and ELISA write what they would have measured with another threshold or curve; the
comparison tests each finding with these values, and says how fragile its verdict is.
"""

from dataclasses import dataclass

AUTOMATIC_GATES = "automatic_gates"
"""The choice of the automatic gates, where a person set some."""
PUT_BACK = "put_back"
"""The choice of measurements of a culture that were excluded, and are used after all."""
ALTERNATIVE_COLUMNS = ("alternative", "choice", "counted", "not_counted_because")
"""What every table of alternative values says of the alternative in a row."""


@dataclass(frozen=True)
class Alternative:
    """One choice that could have been made otherwise.

    Attributes
    ----------
    name
        What is different, as it continues "not with": "5PL under 1/y2 weighting".
    choice
        Code of what was chosen: threshold_moved, threshold_source, spillover, automatic_gates,
        file_left_out, put_back, control_put_back, curve, well_left_out, standard_put_back, scale,
        test, experiment_left_out.
    not_counted
        Why it is shown but not counted: it could not have succeeded, or is not defensible. Empty if
        it counts.
    """

    name: str
    choice: str
    not_counted: str = ""

    @property
    def is_counted(self) -> bool:
        """Whether its verdict says something of how fragile a finding is."""
        return not self.not_counted

    def in_columns(self) -> dict[str, str | bool]:
        """The columns `ALTERNATIVE_COLUMNS`."""
        return dict(
            zip(
                ALTERNATIVE_COLUMNS,
                (self.name, self.choice, self.is_counted, self.not_counted),
                strict=True,
            )
        )
