"""What a kind of finding must provide: everything about it is in one module."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from coculture.comparison.design.arms import Arm, Design
from coculture.comparison.design.endpoints import Endpoint
from coculture.comparison.findings.claims import Claim, ClaimResult
from coculture.comparison.findings.finding_result import Estimate, FindingResult
from coculture.comparison.settings import Finding
from coculture.comparison.statistics.group_means import GroupMeans


@dataclass(frozen=True)
class Pair:
    """A difference of a finding with its arms resolved: `arm` minus `compared_with`."""

    part: str
    arm: Arm
    compared_with: Arm


@dataclass(frozen=True)
class EstimateScale:
    """How estimates of one unit are drawn in the findings figure.

    Attributes
    ----------
    unit
        As in the column `unit` of comparison/findings.csv.
    axis_label
        Label of the axis.
    margin_label
        Added to the label if margins are drawn.
    no_effect
        Value of the estimate if there is no effect; drawn as a line.
    is_log
        Whether the axis is logarithmic, and the tests are on a logarithmic scale.
    has_tests
        Whether the single tests are in this unit, so that they can be drawn too.
    """

    unit: str
    axis_label: str
    margin_label: str
    no_effect: float
    is_log: bool = False
    has_tests: bool = True


class TestedOnMeans:
    """For kinds whose tests are contrasts of the means of arms, each against one margin."""

    __test__ = False
    has_two_margins = False

    def tested_on(
        self,
        finding: Finding,  # noqa: ARG002
        means: GroupMeans,
        endpoint: Endpoint,
        design: Design,  # noqa: ARG002
    ) -> tuple[GroupMeans, Endpoint]:
        """The means of arms themselves."""
        return means, endpoint


class FindingKind(Protocol):
    """One kind of finding. To add one, write it in a module of its own and enter it in `KINDS`."""

    @property
    def name(self) -> str:
        """Its name in the config (key `kind`)."""

    @property
    def description(self) -> str:
        """What a finding of this kind claims, for the documentation of the config."""

    @property
    def keys(self) -> Mapping[str, Mapping[str, Any]]:
        """The config keys of its own, each with its JSON schema.

        References to definitions of comparison.schema.yaml are allowed. A key with `arm` and
        `compared_with` becomes a `Difference` whose part is the key; any other is in
        `Finding.options`.
        """

    @property
    def required(self) -> Sequence[str]:
        """Those of `keys` that must be given."""

    @property
    def limits(self) -> Sequence[str]:
        """Those of `coculture.comparison.settings.LIMITS` that it uses."""

    @property
    def needs_margin(self) -> bool:
        """Whether it is tested against a margin, so that it cannot be tested without one."""

    @property
    def needs_staining(self) -> bool:
        """Whether it claims that something is absent, which a missing stain would show as well.

        A difference needs the staining only in the arm that is said to be lower, beside one that
        was stained; this holds for all kinds.
        """

    def claims(self, finding: Finding, pairs: Sequence[Pair], design: Design) -> list[Claim]:
        """The tests that must all hold for the finding to be shown.

        Parameters
        ----------
        pairs
            The differences of the finding, with their arms; no arm is compared with itself.
        """

    @property
    def has_two_margins(self) -> bool:
        """Whether it is tested against `margin` and against the same on the other side."""

    def tested_on(
        self, finding: Finding, means: GroupMeans, endpoint: Endpoint, design: Design
    ) -> tuple[GroupMeans, Endpoint]:
        """What its tests are contrasts of, and the scale of that: the means of arms, or EC50s."""

    def problems(
        self, finding: Finding, pairs: Sequence[Pair], design: Design
    ) -> Iterator[tuple[str, str]]:
        """What is wrong with these differences: (the key in the config, what is wrong).

        What is wrong continues a sentence that begins with the key.
        """

    def scale(self, endpoint: Endpoint) -> EstimateScale:
        """The unit of its estimate, and how it is drawn."""

    def estimate(
        self,
        endpoint: Endpoint,
        tests: Sequence[ClaimResult],
        deciding: ClaimResult,
        means: GroupMeans,
    ) -> Estimate:
        """The number of the finding with its interval.

        Parameters
        ----------
        deciding
            The test with the weakest evidence, or the first that cannot be tested.
        """

    def second_estimate(self, tests: Sequence[ClaimResult], means: GroupMeans) -> Estimate | None:
        """A number that is shown beside the estimate; None for most kinds."""

    def sentence(self, result: FindingResult, means: GroupMeans, design: Design) -> str:
        """The result in one sentence, for verdicts shown and not shown."""

    def tested_against(self, finding: Finding) -> float:
        """The difference on the analysis scale that is tested against; 0 for no difference."""

    def margin(self, finding: Finding) -> float | None:
        """The value that the estimate is tested against, in its unit; None if there is none."""

    def limits_shown(self, finding: Finding) -> str:
        """Every limit that the finding uses, its own or the default, as the page prints them."""

    def method(self, finding: Finding) -> str:
        """How it is tested, as one phrase of the Methods section ("that a value is ...")."""
