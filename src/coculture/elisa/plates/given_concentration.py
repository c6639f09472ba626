"""A concentration that an export gives, from a curve of the reader's software."""

from dataclasses import dataclass


@dataclass(frozen=True)
class GivenConcentration:
    """The concentration of one analyte in one well, as the file has it.

    Attributes
    ----------
    well, sample, analyte
        Their names in the file.
    concentration
        In `unit`; NaN unless the state is ok. Whatever the software multiplied it with (xPONENT:
        the dilution factor) is in it.
    unit
        As in the file ("pg/mL"); empty if it states none.
    state
        ok, below_lloq, above_uloq, or missing (no curve, or no beads).
    lower, upper
        The file's own limit of a well out of range, in `unit`: `< 3.2` has the upper limit 3.2,
        `> 10000` the lower limit 10000. NaN otherwise.
    dilution
        The dilution factor that the file states; NaN if it states none.
    """

    well: str
    sample: str
    analyte: str
    concentration: float
    unit: str
    state: str
    lower: float
    upper: float
    dilution: float
