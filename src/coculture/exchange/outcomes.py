"""What flow cytometry counts in a population: classes of cells, and the outcomes made of them.

The stains of a study put each cell in one class: Annexin V and a viability dye make viable, early,
late and necrotic cells; one stain makes cells that are negative and cells that are positive. An
outcome is the percent of the population in one or several classes. flow/wells.csv has the count of
each class, the percent of each outcome, and the median of each stain's channel.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import product
from typing import Any

from coculture.exchange.names import column_prefix

APOPTOTIC = "apoptotic"

ANNEXIN, VIABILITY_DYE = STANDARD = "annexin", "viability_dye"
"""The stains that flow.channels names: keys of the config, and gates of gates.yaml."""
_STANDARD_CLASSES = {
    "viable": (False, False),
    "early": (True, False),
    "late": (True, True),
    "necrotic": (False, True),
}
"""Class -> whether its cells are positive for Annexin V, and for the dye."""
_SIGNS = {"positive": True, "negative": False}


@dataclass(frozen=True)
class Stain:
    """A stain that puts cells in classes.

    Attributes
    ----------
    gate
        Name of its threshold in gates.yaml and of its key in the config.
    name
        What texts call it: "Annexin V", "PI".
    channel
        As the config names it.
    living_are_positive
        Whether living cells are positive: SYTO9, calcein, a reporter that dying cells lose.
    """

    gate: str
    name: str
    channel: str
    living_are_positive: bool = False

    @property
    def in_columns(self) -> str:
        """How columns of flow/wells.csv name it.

        >>> Stain("7-AAD", "7-AAD", "FL3-A").in_columns
        '7_aad'
        """
        return in_columns(self.gate)

    def sign(self, *, positive: bool) -> str:
        """Cells of one side of the threshold.

        >>> Stain("PI", "PI", "FL3-A").sign(positive=True)
        'PI-positive'
        """
        return f"{self.name}-{'positive' if positive else 'negative'}"

    @property
    def of_dying(self) -> str:
        """What cells are that are not as living ones are, before a noun.

        >>> Stain("annexin", "Annexin V", "FL1-A").of_dying
        'Annexin-V-positive'
        >>> Stain("GFP", "GFP", "FL1-A", living_are_positive=True).of_dying
        'GFP-negative'
        """
        return self.sign(positive=not self.living_are_positive).replace(" ", "-")

    @property
    def of_living(self) -> str:
        """What living cells are, before a noun."""
        return self.sign(positive=self.living_are_positive).replace(" ", "-")


@dataclass(frozen=True)
class Outcome:
    """A percent of a population that its stains give.

    Attributes
    ----------
    name
        As the config names it: "apoptotic", "PI-positive".
    classes
        The classes of cells that it is the sum of.
    """

    name: str
    classes: tuple[str, ...]

    @property
    def column(self) -> str:
        """Its percent in flow/wells.csv and cultures.csv.

        >>> Outcome("apoptotic", ("early", "late")).column
        'percent_apoptotic'
        """
        return percent_column(self.name)

    @property
    def count(self) -> str:
        """Its number of cells in cultures.csv."""
        return count_column(self.name)


@dataclass(frozen=True)
class Outcomes:
    """The classes of cells of a study, and what is read from them.

    Attributes
    ----------
    classes
        Each cell of the population is in one of them.
    outcomes
        The first is compared if the config declares no endpoints. Empty without stains.
    stains
        What makes the classes.
    signs
        Class -> whether its cells are positive, for each stain.
    """

    classes: tuple[str, ...]
    outcomes: tuple[Outcome, ...]
    stains: tuple[Stain, ...] = ()
    signs: Mapping[str, tuple[bool, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> tuple[str, ...]:
        """The columns of flow/wells.csv that count the classes."""
        return tuple(count_column(name) for name in self.classes)

    @property
    def are_standard(self) -> bool:
        """Whether they are of Annexin V with a viability dye, as flow.channels names them."""
        return tuple(stain.gate for stain in self.stains) == STANDARD

    @property
    def first(self) -> Outcome | None:
        """What is compared if the config declares no endpoints; None without stains."""
        return self.outcomes[0] if self.outcomes else None

    @property
    def living(self) -> tuple[str, ...]:
        """The class of cells that are as living cells are in every stain: "viable"."""
        wanted = tuple(stain.living_are_positive for stain in self.stains)
        return tuple(name for name in self.classes if self.signs[name] == wanted)

    @property
    def leading(self) -> Stain | None:
        """The stain that dying cells are followed by: Annexin V, or the first that living cells
        lack; without one the first."""
        lacking = [stain for stain in self.stains if not stain.living_are_positive]
        return next(iter([*lacking, *self.stains]), None)

    @property
    def decisive(self) -> tuple[Stain, ...]:
        """The stains whose thresholds the first outcome depends on: of "apoptotic" Annexin V."""
        if self.first is None:
            return ()
        counted = {self.signs[name] for name in self.first.classes}
        return tuple(
            stain
            for place, stain in enumerate(self.stains)
            if any(
                (*one[:place], not one[place], *one[place + 1 :]) not in counted for one in counted
            )
        )

    @property
    def lacking(self) -> tuple[Stain, ...]:
        """The stains that living cells lack, so that their live peak can be compared."""
        return tuple(stain for stain in self.stains if not stain.living_are_positive)

    @property
    def watched(self) -> tuple[Stain, ...]:
        """Of these, the ones whose outcome is read: of Annexin V with a dye only Annexin V."""
        return self.lacking[:1] if self.are_standard else self.lacking

    def read_from(self, stain: Stain) -> Outcome:
        """What a stain alone says of dying cells: "apoptotic", "late + necrotic", "PI-positive"."""
        classes = self.of_dying(stain.gate)
        if not self.are_standard:
            return Outcome(stain.of_dying, classes)
        return Outcome(APOPTOTIC if stain.gate == ANNEXIN else " + ".join(classes), classes)

    @property
    def dying(self) -> tuple[str, ...]:
        """The classes whose cells are not as living ones are in the leading stain."""
        return () if self.leading is None else self.of_dying(self.leading.gate)

    @property
    def seen_columns(self) -> tuple[str, ...]:
        """Columns of flow/wells.csv that are false where a stain may not have stained.

        Of Annexin V with a dye only that of Annexin V.
        """
        stains = self.stains[:1] if self.are_standard else self.stains
        return tuple(f"{stain.in_columns}_seen" for stain in stains)

    def named(self, name: str) -> Outcome | None:
        """The outcome of this name; None if there is none."""
        return next((one for one in self.outcomes if one.name == name), None)

    def with_sign(self, stain: str, *, positive: bool) -> tuple[str, ...]:
        """The classes whose cells are positive, or negative, for the stain with this gate."""
        place = [one.gate for one in self.stains].index(stain)
        return tuple(name for name in self.classes if self.signs[name][place] == positive)

    def of_dying(self, stain: str) -> tuple[str, ...]:
        """The classes whose cells are not as living ones are in this stain."""
        (own,) = (one for one in self.stains if one.gate == stain)
        return self.with_sign(stain, positive=not own.living_are_positive)


def stains_of(flow: Mapping[str, Any]) -> tuple[Stain, ...]:
    """The stains that the config's section `flow` (with its defaults) names.

    Those of `flow.stains` take the place of Annexin V and the dye of `flow.channels`, whose
    defaults then mean nothing. One of these two alone is called by a name that says what it is:
    the dye as the config names its channel.
    """
    if flow.get("stains"):
        return tuple(
            Stain(one["name"], one["name"], one["channel"], one["living_cells"] == "positive")
            for one in flow["stains"]
        )
    annexin, dye = (flow["channels"][gate] for gate in STANDARD)
    found = [Stain(ANNEXIN, "Annexin V", annexin)] if annexin is not None else []
    if dye is not None:
        found.append(Stain(VIABILITY_DYE, "viability dye" if found else dye, dye))
    return tuple(found)


def outcomes_of(flow: Mapping[str, Any]) -> Outcomes:
    """What the config's section `flow` (with its defaults) reads from the stains.

    Annexin V with a dye gives "apoptotic" and each of its classes. One other stain gives
    "PI-positive" and "PI-negative", first what living cells are not; two give this of each, and
    each of the four classes. The outcomes of the config take the place of those of other stains.
    """
    stains = stains_of(flow)
    if not stains:
        return Outcomes((), ())
    if tuple(stain.gate for stain in stains) == STANDARD:
        single = tuple(_STANDARD_CLASSES)
        together = Outcome(APOPTOTIC, ("early", "late"))
        named = (together, *(Outcome(name, (name,)) for name in single))
        return Outcomes(single, named, stains, _STANDARD_CLASSES)
    signs = {
        " ".join(stain.sign(positive=one) for stain, one in zip(stains, of_class, strict=True)): (
            of_class
        )
        for of_class in product((False, True), repeat=len(stains))
    }
    found = Outcomes(tuple(signs), (), stains, signs)
    wanted = flow.get("outcomes")
    named = tuple(_declared(wanted, found) if wanted else _usual(found))
    return Outcomes(found.classes, named, stains, signs)


def _declared(wanted: Iterable[Mapping[str, Any]], of: Outcomes) -> Iterator[Outcome]:
    """The outcomes that the config names. Each is of the classes that fit one of its `cells`."""
    for one in wanted:
        kinds = one["cells"] if isinstance(one["cells"], list) else [one["cells"]]
        yield Outcome(
            one["name"],
            tuple(
                name
                for name in of.classes
                if any(_fits(of.signs[name], cells, of.stains) for cells in kinds)
            ),
        )


def _fits(signs: Sequence[bool], cells: Mapping[str, str], stains: Sequence[Stain]) -> bool:
    """Whether a class of cells is what `cells` says of some or all stains."""
    own = {stain.name: sign for stain, sign in zip(stains, signs, strict=True)}
    return all(own.get(name) == _SIGNS[sign] for name, sign in cells.items())


def _usual(of: Outcomes) -> Iterator[Outcome]:
    for stain in of.stains:
        for positive in (not stain.living_are_positive, stain.living_are_positive):
            classes = of.with_sign(stain.gate, positive=positive)
            yield Outcome(stain.sign(positive=positive), classes)
    if len(of.stains) > 1:
        yield from (Outcome(name, (name,)) for name in of.classes)


def count_column(name: str) -> str:
    """The column that counts the cells of a class or outcome.

    >>> count_column("PI-positive")
    'n_pi_positive'
    """
    return f"n_{in_columns(name)}"


def percent_column(name: str) -> str:
    """The column with the percent of the cells of a class or outcome.

    >>> percent_column("PI-positive")
    'percent_pi_positive'
    """
    return f"percent_{in_columns(name)}"


def median_column(channel: str) -> str:
    """The column of flow/wells.csv with the population's median in a channel of the config.

    >>> median_column("CD38-PE")
    'median_cd38_pe'
    """
    return f"median_{in_columns(channel)}"


def background_column(channel: str) -> str:
    """The column of flow/wells.csv with the median of the channel's FMO or unstained control.

    >>> background_column("CD38-PE")
    'background_median_cd38_pe'
    """
    return f"background_{median_column(channel)}"


@cache
def in_columns(name: str) -> str:
    """A name as columns have it: words of lower-case letters and digits, joined by "_"."""
    words = [column_prefix(word) for word in name.replace("-", " ").replace("_", " ").split()]
    return "_".join(word for word in words if word)
