"""Every number a simulated study depends on, with the defaults of the example study.

The values are assumptions that agree with published findings on myeloma-stroma co-cultures; they
are not measurements. Change one with :func:`dataclasses.replace`:

>>> from dataclasses import replace
>>> no_dex = replace(Parameters(), apoptosis=replace(Apoptosis(), with_dex=0.08))
>>> no_dex.apoptosis.with_dex
0.08
"""

from dataclasses import dataclass, field

Matrix = tuple[tuple[float, ...], ...]


@dataclass(frozen=True)
class Secretion:
    """IL-6 in the supernatant: pg/mL without noise, and the SDs of ln IL-6."""

    stroma: float = 400.0
    stroma_with_dex: float = 0.55
    transduced: float = 11_600.0
    transduced_with_dex: float = 0.5
    transduced_with_il1ra: float = 0.015
    added: float = 10_000.0
    sd_experiment: float = 0.35
    sd_arm: float = 0.15
    sd_well: float = 0.12


@dataclass(frozen=True)
class Apoptosis:
    """Apoptotic fraction of the myeloma cells, and the SDs of its logit.

    IL-6 protects by a Hill function: half of its effect at `half_protection` pg/mL.
    """

    untreated: float = 0.08
    with_dex: float = 0.36
    protection_untreated: float = 0.15
    half_protection: float = 1_500.0
    hill: float = 3.0
    sd_experiment: float = 0.25
    sd_dex_slope: float = 0.15
    sd_arm: float = 0.10
    sd_well: float = 0.10


@dataclass(frozen=True)
class Arm:
    """What one group of cultures got."""

    cells: str
    dex: bool = False
    il1ra: bool = False
    il6: bool = False

    @property
    def name(self) -> str:
        """Cells and drugs, safe in a file name.

        >>> Arm("il1b", dex=True, il1ra=True).name
        'il1b-DEX+IL1Ra'
        """
        drugs = [
            drug
            for drug, given in [("DEX", self.dex), ("IL1Ra", self.il1ra), ("IL6", self.il6)]
            if given
        ]
        return f"{self.cells}-{'+'.join(drugs) or 'untreated'}"


EXAMPLE_ARMS = (
    Arm("control"),
    Arm("control", dex=True),
    Arm("control", il1ra=True),
    Arm("control", dex=True, il1ra=True),
    Arm("control", il6=True),
    Arm("control", dex=True, il6=True),
    Arm("il1b"),
    Arm("il1b", dex=True),
    Arm("il1b", il1ra=True),
    Arm("il1b", dex=True, il1ra=True),
    Arm("il1b", il1ra=True, il6=True),
    Arm("il1b", dex=True, il1ra=True, il6=True),
)


@dataclass(frozen=True)
class Mishaps:
    """What went wrong on the bench, by name; a name that the design does not have is ignored.

    `unwashed_wells` are (culture, dilution): their colour runs over the reader's range.
    `overdiluted` cultures were diluted as those with much IL-6, so that both wells read too low.
    """

    lost_cultures: tuple[str, ...] = ()
    lost_arms: tuple[str, ...] = ()
    unwashed_wells: tuple[tuple[str, int], ...] = ()
    overdiluted: tuple[str, ...] = ()


EXAMPLE_MISHAPS = Mishaps(
    lost_cultures=("E2-il1b-DEX-2",),
    lost_arms=("E3-control-IL1Ra",),
    unwashed_wells=(("E1-il1b-untreated-1", 50),),
    overdiluted=("E4-control-DEX-2",),
)


@dataclass(frozen=True)
class Design:
    """Experiments x arms x wells, and the doses behind "given"."""

    experiments: int = 6
    wells: int = 2
    arms: tuple[Arm, ...] = EXAMPLE_ARMS
    dex_nM: float = 1000.0  # noqa: N815  the table's column
    il1ra_ng_ml: float = 500.0
    il6_ng_ml: float = 10.0
    stroma: str = "HS-5"
    hours: float = 48.0
    mishaps: Mishaps = EXAMPLE_MISHAPS


@dataclass(frozen=True)
class Particle:
    """One kind of particle: the medians of its signals in the cytometer's units.

    `annexin` and `dye` are the bound stain, `autofluorescence` a multiple of a myeloma cell's.
    """

    forward_scatter: float
    side_scatter: float
    gfp: float = 0.0
    annexin: float = 12.0
    dye: float = 8.0
    autofluorescence: float = 1.0
    sd_scatter: float = 0.18


@dataclass(frozen=True)
class Cells:
    """What is in the tube: the kinds of particle and their shares.

    `stroma_share` and `stroma_dying` are fractions of the single cells and of the stroma;
    `debris_share` and `doublet_share` fractions of all events. Of the apoptotic cells,
    `late_share` have taken up the dye and `graded_share` carry any amount of Annexin V between
    `graded_from` and the full stain. `necrotic_share` of the other cells are dye-positive only.
    The SDs are those of the logarithm, between cells. Cells of treated cultures have
    `treated_autofluorescence` times the autofluorescence.
    """

    live: Particle = Particle(90_000, 30_000, gfp=9_000)
    early: Particle = Particle(72_000, 36_000, gfp=7_200, annexin=6_000, autofluorescence=1.1)
    late: Particle = Particle(
        50_000, 48_000, gfp=3_600, annexin=9_000, dye=12_000, autofluorescence=1.3
    )
    necrotic: Particle = Particle(56_000, 45_000, gfp=4_000, dye=9_000, autofluorescence=1.3)
    stroma: Particle = Particle(135_000, 80_000, autofluorescence=2.5)
    dying_stroma: Particle = Particle(
        95_000, 95_000, annexin=7_000, dye=6_000, autofluorescence=3.0
    )
    debris: Particle = Particle(
        8_000, 9_000, gfp=15, annexin=6, dye=4, autofluorescence=0.3, sd_scatter=0.4
    )
    stroma_share: float = 0.20
    stroma_dying: float = 0.10
    debris_share: float = 0.08
    doublet_share: float = 0.05
    late_share: float = 0.45
    graded_share: float = 0.15
    graded_from: float = 60.0
    necrotic_share: float = 0.015
    treated_autofluorescence: float = 1.0
    sd_gfp: float = 0.40
    sd_annexin: float = 0.45
    sd_dye: float = 0.40
    sd_autofluorescence: float = 0.25


@dataclass(frozen=True)
class Cytometer:
    """Detectors in the order GFP, Annexin V, viability dye; signals up to `maximum`.

    A row of `spillover` is a dye, a column a detector. `spillover_at_acquisition` is what the
    operator set that day, and what the files carry in $SPILLOVER. The noise of a reading has the
    variance `sd_electronics`^2 + `photon_noise` x signal; `sd_gain` is the SD of the logarithm of
    each detector's gain between experiments.
    """

    events: int = 2_500
    events_control: int = 1_500
    autofluorescence: tuple[float, ...] = (120.0, 60.0, 40.0)
    spillover: Matrix = ((1.0, 0.001, 0.015), (0.0005, 1.0, 0.02), (0.001, 0.12, 1.0))
    spillover_at_acquisition: Matrix = ((1.0, 0.0, 0.02), (0.0, 1.0, 0.03), (0.0, 0.10, 1.0))
    sd_electronics: float = 25.0
    photon_noise: float = 4.0
    height_over_area: float = 0.85
    sd_height_over_area: float = 0.03
    sd_gain: float = 0.05
    seconds: float = 60.0
    maximum: float = 262_143.0


@dataclass(frozen=True)
class PlateReader:
    """The ELISA: standards, dilutions, the true curve and its noise.

    The curve is y = D + (A - D) / (1 + (x / c)^b), in optical density at 450 nm minus 570 nm;
    `sd_plate` is the SD of ln D and ln c between plates. Every well holds its concentration times
    a log-normal error of `cv`; the reading adds `sd_reading`. Above `saturation` the reader prints
    OVRFLW. Cultures expected to hold much IL-6 (transduced cells without IL-1Ra, added IL-6) are
    diluted by `dilutions_high`.
    """

    standards_pg_ml: tuple[float, ...] = (600, 300, 150, 75, 37.5, 18.75, 9.375, 0)
    controls_pg_ml: tuple[float, ...] = (300, 40)
    replicates: int = 2
    dilutions: tuple[int, ...] = (10, 50)
    dilutions_high: tuple[int, ...] = (50, 200)
    lower_asymptote: float = 0.05
    upper_asymptote: float = 3.2
    slope: float = 1.15
    midpoint_pg_ml: float = 260.0
    sd_plate: float = 0.05
    cv: float = 0.08
    sd_reading: float = 0.004
    reference_density: float = 0.038
    saturation: float = 4.0


@dataclass(frozen=True)
class Parameters:
    """A whole simulated study; the defaults are the example's."""

    secretion: Secretion = field(default_factory=Secretion)
    apoptosis: Apoptosis = field(default_factory=Apoptosis)
    design: Design = field(default_factory=Design)
    cells: Cells = field(default_factory=Cells)
    cytometer: Cytometer = field(default_factory=Cytometer)
    plate_reader: PlateReader = field(default_factory=PlateReader)
