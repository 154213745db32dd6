"""The method in plain words, with the thresholds in force, and what it does not protect against."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from pydantic import ConfigDict, Field

from chalicelib.exchange.policy import Policy
from chalicelib.exchange.views import ReleaseId
from chalicelib.values import Model


class Section(Model):
    """A part of the page."""

    id: Annotated[str, Field(examples=["minimum-group"])]
    """Stable: may be linked to."""
    title: str
    paragraphs: tuple[str, ...]


class Source(Model):
    """Where a rule is from."""

    title: str
    about: str


class Methodology(Model):
    """How figures come about, in plain words."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "method_version": "1.0",
                    "release_id": "2026-06-15-3f9a1c07b2de",
                    "night": "2026-06-15",
                    "policy": {"k": 5, "share_percent": 25, "p_percent": 15, "minimum_age_days": 90},
                    "sections": [
                        {
                            "id": "minimum-group",
                            "title": "No figure rests on fewer than 5 owner groups",
                            "paragraphs": ["…"],
                        }
                    ],
                    "sources": [{"title": "…", "about": "…"}],
                }
            ]
        }
    )

    method_version: str
    release_id: ReleaseId | None
    """The release whose thresholds these are; null before the first one, whose thresholds these will be."""
    night: date | None
    policy: dict[str, Any]
    """Every threshold by name."""
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]


SOURCES: Final = (
    Source(
        title=(
            "U.S. Department of Justice and Federal Trade Commission, Statements of Antitrust "
            "Enforcement Policy in Health Care, Statement 6 (1996; withdrawn in 2023)"
        ),
        about=(
            "Exchanges of prices and wages among competitors through a third party: data more than three "
            "months old, at least five providers behind each statistic, none with more than 25 % of its "
            "weight, and no way to identify one of them. It is followed here as practice; since its "
            "withdrawal it promises nothing."
        ),
    ),
    Source(
        title="A. Hundepool and others, Statistical Disclosure Control, Wiley, 2012, chapter 4",
        about="Minimum frequency, dominance and the p % rule for tables of magnitudes.",
    ),
    Source(
        title=(
            "Federal Committee on Statistical Methodology, Statistical Policy Working Paper 22: Report "
            "on Statistical Disclosure Limitation Methodology (second version, 2005)"
        ),
        about="Primary and complementary suppression, and why hiding small cells alone leaks.",
    ),
    Source(
        title=(
            "C. Leys, C. Ley, O. Klein, P. Bernard, L. Licata, Detecting outliers: Do not use standard "
            "deviation around the mean, use absolute deviation around the median, Journal of Experimental "
            "Social Psychology 49 (2013), 764-766"
        ),
        about="Which figures are far from all others: the median absolute deviation, times 1.4826.",
    ),
    Source(
        title="International Labour Organization and others, Consumer Price Index Manual, 2020, chapter 2",
        about="The fixed-weight index that composites over positions are.",
    ),
)


def methodology(in_force: tuple[str, date, Mapping[str, Any]] | None) -> Methodology:
    """The page for the policy of a release (its id, its night, the policy), or before the first one."""
    release_id, night, policy = in_force or (None, None, Policy().to_json())
    return Methodology(
        method_version=str(policy["method_version"]),
        release_id=release_id,
        night=night,
        policy=dict(policy),
        sections=tuple(
            Section(id=name, title=title, paragraphs=tuple(said)) for name, title, said in _text(policy)
        ),
        sources=SOURCES,
    )


def _text(policy: Mapping[str, Any]) -> list[tuple[str, str, list[str]]]:
    k, share, p = policy["k"], policy["share_percent"], policy["p_percent"]
    return [
        (
            "who-counts",
            "Who is counted",
            [
                (
                    "Figures come from shops and dealerships whose organization an administrator has "
                    "verified. What others enter is kept and counts once they are verified."
                ),
                (
                    "The unit is the owner group: the enterprise that owns a shop, or many of them. In "
                    "one area and for one position it has one voice, the average of its shops weighted "
                    "by people, however many records it sends."
                ),
            ],
        ),
        (
            "age",
            f"A figure enters when it has held for {policy['minimum_age_days']} days",
            [
                (
                    f"What a shop enters counts once its effective date is {policy['minimum_age_days']} "
                    "days past. So nobody learns from here what a competitor does now."
                ),
            ],
        ),
        (
            "corrections",
            "Figures far from all others are asked about first",
            [
                (
                    f"An amount farther than {policy['outlier_mads']} median absolute deviations, and than "
                    f"{policy['outlier_floor_percent']} %, from the median of the last release for its metric "
                    "and position in its Census division (in the nation, where the division has fewer than "
                    f"{k} owner groups) does not count until the shop or an administrator confirms it. What "
                    "has counted before is not asked about again, and yes-or-no answers never are. A new "
                    "version of the answers needs a confirmation of its own."
                ),
            ],
        ),
        (
            "minimum-group",
            f"No figure rests on fewer than {k} owner groups",
            [
                (
                    f"Answers are put into disjoint groups, called blocks. A block has {k} owner groups "
                    f"or more, none of them with more than {share} % of its answers or "
                    f"{policy['value_share_percent']} % of its total, and what remains without the two "
                    f"largest is at least {p} % of the largest: the second largest cannot work out the "
                    f"largest to within {p} %."
                ),
                (
                    "An area is the part of a metropolitan area, as the Census Bureau delineates them, that lies in "
                    "one state; outside of metropolitan areas it is that of a three-digit ZIP area. Where a new "
                    "delineation moves shops to other areas, their figures stay where they were until "
                    f"{k} owner groups of the new area have something new to say."
                ),
                (
                    "Where an area has too few of a shop type, they are joined with the area's other "
                    "types, then with the state, the Census division and the nation. Every figure is of "
                    "whole blocks, so any difference of two figures is of whole blocks too."
                ),
            ],
        ),
        (
            "nights",
            "Figures change in batches",
            [
                (
                    f"A block changes only on a night on which at least {k} owner groups have answers "
                    f"never used before, and none makes more than {policy['change_share_percent']} % of "
                    "the change. Until then it stays as it is, and its figures keep their as-of date. So "
                    "last night's figures taken from tonight's tell nothing of one shop. Withdrawals "
                    "wait for such a night as well."
                ),
            ],
        ),
        (
            "printing",
            "Printed figures are rounded",
            [
                (
                    f"A median is the average of at least {policy['median_window']} answers in the "
                    f"middle. Quartiles are printed from {policy['quartiles_from']} owner groups up, the "
                    f"10th and 90th percentiles from {policy['tails_from']}. Hourly pay is rounded to "
                    "$0.50, annual pay to $1,000, labor rates to $2.50, shares to 5 %, with less than 5 "
                    "% and more than 95 % not told apart further. How many owner groups there are is "
                    "told as a range. No averages, sums, exact counts, smallest or largest answers are "
                    "printed, ever."
                ),
                (
                    "The figure for all positions together is an index: the published medians by fixed "
                    "weights, which every release states."
                ),
            ],
        ),
        (
            "gate",
            "Nothing is published unchecked",
            [
                (
                    "Before a release becomes the latest, the rules are checked again from what it "
                    "holds, together with every release kept. Where one is broken, the release before it "
                    "stays, and the operator is alerted."
                ),
            ],
        ),
        (
            "reading",
            "What a look-up answers",
            [
                (
                    "The most specific published figure that covers the question: the area's own for the "
                    "shop type, then the area's for all types, then the state's, the division's and the "
                    "nation's in the same order. The answer says which it is, and what was passed over. "
                    "It does not say which rule kept a figure back, because that alone would tell "
                    "something."
                ),
                (
                    "A place's figure covers the owner groups whose blocks lie in that place. Some of "
                    "its shops may be counted in a wider place only."
                ),
            ],
        ),
        (
            "limits",
            "What this does not protect against",
            [
                (
                    f"Coalitions: owner groups that tell each other their own answers. {k} owner groups "
                    "less one that pool theirs can come close to the remaining one."
                ),
                (
                    "Made-up participants: someone who gets several shops verified as different owners "
                    "counts as several. Verification is as good as those who do it."
                ),
                (
                    "Everyone alike: where all pay the same, the figure says what each of them pays, "
                    "whatever the rules. Likewise, a printed median can equal somebody's answer by "
                    "chance."
                ),
                "What is known from elsewhere: job advertisements, posted rates, a former employee.",
                (
                    "It is no legal shield. The rules follow the practice for exchanges among "
                    "competitors: older than three months, five or more providers, none above 25 %. "
                    "Whether an exchange is lawful is decided by law and circumstances, not by these "
                    "thresholds."
                ),
            ],
        ),
    ]
