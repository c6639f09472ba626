"""The findings of the config as a protocol: what contradicts itself, or claims more than is tested.

An error is what no honest study needs; `make check` refuses it. A doubt is said before the run and
on the page.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from coculture.comparison.design.arms import Arm, Design, same_setting
from coculture.comparison.findings import kind_of
from coculture.comparison.findings.agreement import bounded_by
from coculture.comparison.findings.claims import Claim
from coculture.comparison.findings.evaluation import claims_of, pairs_of
from coculture.comparison.findings.kind import Pair
from coculture.comparison.findings.statement import (
    Direction,
    mentions,
    names,
    names_cells,
    superlative,
)
from coculture.comparison.settings import COMPARISON, ComparisonError, ComparisonSettings, Finding
from coculture.exchange.vocabulary import listed

STATEMENT_CONTRADICTS = "statement_contradicts_test"
NAMES_OTHERS = "statement_names_others"
SUPERLATIVE = "superlative_of_two"
RISE_AND_NO_RISE = "rise_and_no_rise"
OTHER_ENDPOINT = "statement_of_another_endpoint"
SEVERAL_DIFFERENCES = "arms_differ_in_several_things"
MOSTLY_LEFT = "eliminated_though_mostly_left"
_MOST_LEFT = 0.5
"""Of an effect that is called eliminated more than half cannot be left."""
_TESTED: Mapping[str, tuple[Direction, bool, str]] = {
    "higher": ("raised", False, "higher"),
    "lower": ("lowered", False, "lower"),
    "not_raised": ("raised", True, "not raised by the margin"),
    "not_lowered": ("lowered", True, "not lowered by the margin"),
}
"""The direction of each kind, whether it is denied, and what is tested in words."""


@dataclass(frozen=True)
class Doubt:
    """Something about a finding that a critical reader would ask.

    `sentence` says what it is, with the finding's id; `action` what to do.
    """

    finding: str
    code: str
    sentence: str
    action: str


def doubts(settings: ComparisonSettings, design: Design) -> list[Doubt]:
    """Every doubt about the findings of a study, in their order."""
    found: list[Doubt] = []
    for finding in settings.findings:
        found += _mostly_left(finding)
        try:
            pairs = pairs_of(finding, design)
        except ComparisonError:
            continue
        arms = [arm for pair in pairs for arm in (pair.arm, pair.compared_with)]
        found += _direction(finding, [(pair.arm, pair.compared_with) for pair in pairs], design)
        found += _others(finding, [*arms, *_read_by(finding, design)], settings, design)
        found += _superlative(finding, arms, design)
        found += _endpoint(finding, settings)
        found += _differences(finding, pairs, design)
    return [*found, *_rise_and_no_rise(settings, design)]


def _read_by(finding: Finding, design: Design) -> list[Arm]:
    """The arms that its tests read: of an EC50 all doses, though the config names none of them."""
    try:
        claims = claims_of(finding, design)
    except ComparisonError:
        return []
    return [design.by_label[label] for claim in claims for label in claim.arms]


def _direction(
    finding: Finding, pairs: Sequence[tuple[Arm, Arm]], design: Design
) -> Iterator[Doubt]:
    """The statement says the opposite of what is tested, or more than that."""
    if finding.kind not in _TESTED:
        return
    for arm, other in pairs:
        # "DEX raises it" may be tested as "untreated is lower than DEX".
        reverses = {*design.given(arm)} < {*design.given(other)}
        if reverses or not same_setting(arm, other):
            return
    direction, is_denied, tested = _TESTED[finding.kind]
    said = mentions(finding.statement, finding.endpoint)
    if said and not any((one.direction, one.is_negated) == (direction, is_denied) for one in said):
        first = said[0]
        word = "not " if first.is_negated else ""
        yield Doubt(
            finding.id,
            STATEMENT_CONTRADICTS,
            f"The statement of finding {finding.id} says that {finding.endpoint} is {word}"
            f'{first.direction} ("{first.phrase}"), but its kind, {finding.kind}, tests that it is '
            f"{tested}.",
            "Change the statement or the kind, so that both say the same.",
        )


def _others(
    finding: Finding, arms: Sequence[Arm], settings: ComparisonSettings, design: Design
) -> Iterator[Doubt]:
    """The statement names a drug or cells that none of its arms has."""
    subjects = {subject.lower() for subject in settings.subjects}
    given = {factor.name for arm in arms for factor in design.given(arm)}
    absent = [
        factor.name
        for factor in design.factors
        # Cells may make an analyte themselves, and a category is named by its levels.
        if not (factor.adds_analyte or factor.is_category or factor.name.lower() in subjects)
        and factor.name not in given
        and names(finding.statement, factor.name)
    ]
    labels = {design.cell_labels.get(arm.cells, arm.cells) for arm in design.arms if arm.cells}
    own = {design.cell_labels.get(arm.cells, arm.cells) for arm in arms}
    absent += [f"{label} cells" for label in sorted(names_cells(finding.statement, labels) - own)]
    if absent:
        yield Doubt(
            finding.id,
            NAMES_OTHERS,
            f"The statement of finding {finding.id} names {listed(absent)}, which none of its arms "
            "has.",
            "Name in the statement what the arms have, or compare other arms.",
        )


def _superlative(finding: Finding, arms: Sequence[Arm], design: Design) -> Iterator[Doubt]:
    """Something is called the lowest or highest, and is compared with one arm of several."""
    word = superlative(finding.statement, finding.endpoint)
    if not word or finding.kind not in ("higher", "lower") or len(arms) > 2:
        return
    arm, other = arms
    rest = [
        one
        for one in design.arms
        if one not in (arm, other)
        and same_setting(one, arm)
        and not design.added(one, finding.endpoint)
    ]
    if rest:
        yield Doubt(
            finding.id,
            SUPERLATIVE,
            f'The statement of finding {finding.id} says "{word}", but it is compared with one arm '
            f"only, {design.display_label(other)}; not with "
            f"{listed(design.display_label(one) for one in rest)}.",
            "Compare it with all arms that the statement is about.",
        )


def _mostly_left(finding: Finding) -> Iterator[Doubt]:
    """An effect may be called eliminated although most of it is left."""
    if finding.kind == "eliminated" and finding.residual_fraction > _MOST_LEFT:
        percent = f"{100 * finding.residual_fraction:g} %"
        yield Doubt(
            finding.id,
            MOSTLY_LEFT,
            f"Finding {finding.id} calls an effect eliminated of which up to {percent} is left.",
            f"Set its residual_fraction to {_MOST_LEFT:g} or less.",
        )


def _endpoint(finding: Finding, settings: ComparisonSettings) -> Iterator[Doubt]:
    """The statement says how another endpoint changes, and nothing of the one that is tested."""
    others = [
        one
        for one in settings.subjects
        if one != finding.endpoint and mentions(finding.statement, one)
    ]
    if others and not names(finding.statement, finding.endpoint):
        yield Doubt(
            finding.id,
            OTHER_ENDPOINT,
            f"The statement of finding {finding.id} is about {listed(others)}, but "
            f"{finding.endpoint} is tested.",
            "Name in the statement what is tested, or test what it is about.",
        )


def _differences(finding: Finding, pairs: Sequence[Pair], design: Design) -> Iterator[Doubt]:
    """Arms that differ in a drug and also in cells, stroma, medium or hours.

    A baseline (0 h) never has the drug.
    """
    for pair in pairs:
        if 0 in (pair.arm.hours, pair.compared_with.hours):
            continue
        changed = design.changes(pair.arm, pair.compared_with)
        drugs = [one.name for one in design.factors if one.column in changed]
        rest = [column for column in changed if column not in {f.column for f in design.factors}]
        if drugs and rest:
            yield Doubt(
                finding.id,
                SEVERAL_DIFFERENCES,
                f"Finding {finding.id} compares {design.display_label(pair.arm)} with "
                f"{design.display_label(pair.compared_with)}, which differ in {listed(drugs)} and "
                f"in {listed(rest)}: the difference may be that of either.",
                "Compare arms that differ in one of them, or say in the statement that both do.",
            )
            return


def opposites(settings: ComparisonSettings, design: Design) -> Iterator[tuple[Finding, Finding]]:
    """Pairs of findings that cannot both be true: the same arms in opposite directions."""
    for one, other in _pairs_about_the_same(settings):
        if any(
            bounded_by(claim, against) and not claim.margin and not against.margin
            for claim in _compared(one, design)
            for against in _compared(other, design)
        ):
            yield one, other


def _rise_and_no_rise(settings: ComparisonSettings, design: Design) -> Iterator[Doubt]:
    """One finding claims a change, another that there is none of the margin: one always holds."""
    for pair in _pairs_about_the_same(settings):
        for one, other in (pair, pair[::-1]):
            if any(
                bounded_by(claim, against) and not claim.margin and against.margin
                for claim in _compared(one, design)
                for against in _compared(other, design)
            ):
                yield Doubt(
                    one.id,
                    RISE_AND_NO_RISE,
                    f"Findings {one.id} and {other.id} claim of the same arms that {one.endpoint} "
                    f"changes, and that it changes by less than {other.margin_shown}. With enough "
                    "experiments one of them is shown whatever is true.",
                    "State the one that you expect, or say in both statements how large the change "
                    "may be.",
                )


def _pairs_about_the_same(settings: ComparisonSettings) -> Iterator[tuple[Finding, Finding]]:
    for one, other in combinations(settings.findings, 2):
        if one.endpoint == other.endpoint:
            yield one, other


def _compared(finding: Finding, design: Design) -> list[Claim]:
    """Its tests of one arm against another; none if it cannot be tested."""
    if not finding.has_margin and kind_of(finding.kind).needs_margin:
        return []
    try:
        claims = claims_of(finding, design)
    except ComparisonError:
        return []
    return [claim for claim in claims if claim.part == COMPARISON]
