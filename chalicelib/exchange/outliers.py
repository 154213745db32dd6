"""Which answers are so far from all others that somebody should vouch for them before they count.

An answer is far out when it is farther from the median of the values that count, in its metric, position and
division, than `outlier_mads` times their median absolute deviation (scaled by 1.4826 to the standard deviation of a
normal distribution), and farther than `outlier_floor_percent` of that median: where nearly all say the same, the
deviation is nearly zero, and a usual difference would be flagged. This is the Hampel identifier (F. R. Hampel, The
influence curve and its role in robust estimation, JASA 69, 1974); for the median absolute deviation rather than the
standard deviation, which outliers themselves inflate, see Leys, Ley, Klein, Bernard and Licata, Detecting outliers,
Journal of Experimental Social Psychology 49, 2013.

Who sends one answer after the other and sees which are flagged learns the fence. So it is made of what could be
printed: of the whole blocks of a division's cell, frozen as they are, with at least k owner groups; median and
deviation are smoothed over several values and rounded to the step of the metric.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from chalicelib.exchange.blocks import LEVELS, family_of, level_of
from chalicelib.exchange.cells import VALUE_BITS, quantiles
from chalicelib.exchange.contributions import GROUP_BITS, answer_hashes, family_hashes
from chalicelib.exchange.frame import Frame, Ints
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.sets import contains, distinct, text_hashes
from chalicelib.exchange.state import OPEN, State

Mask = NDArray[np.bool_]
_DIVISION = LEVELS.index("division")
_NATION = LEVELS.index("nation")
#: The scale of the median absolute deviation, in ten-thousandths.
_SCALE, _SCALED = 14_826, 10_000
#: The reach of a fence that does not exist.
_NO_FENCE = -1
#: Later than every night: an answer that is held back never comes of age.
_NEVER = np.iinfo(np.int32).max


def far_out(frame: Frame, state: State, policy: Policy) -> Mask:
    """Which rows of a frame are far out, against what counts in a state: the last release's.

    An answer that has counted before is not asked about again, and shares (yes and no) are never far out. Raises
    InvalidInput where the frame contradicts the state.
    """
    words, mine = state.vocabulary.absorb(frame)
    centre, reach = fences(replace(state, vocabulary=words), policy)
    at = mine.family.astype(np.int64), words.up(mine.area, 0, _DIVISION)
    far: Mask = (reach[at] != _NO_FENCE) & (np.abs(mine.value - centre[at]) > reach[at])
    rows = np.flatnonzero(far)
    if len(rows):
        answers = answer_hashes(mine, rows, text_hashes(frame.orgs), family_hashes(words.families))
        far[rows[contains(state.ledger, answers)]] = False
    return far


def held_back(frame: Frame, rows: Mask) -> Frame:
    """The frame in which these rows are not of age: they neither enter nor end what counts of them already."""
    return (
        replace(frame, effective=np.where(rows, np.int32(_NEVER), frame.effective)) if rows.any() else frame
    )


def fences(state: State, policy: Policy) -> tuple[Ints, Ints]:
    """(centre, reach) by family and division, in the integers of the values: farther than reach is far out.

    They are of the values that count in the division's cell of all shop types; where these are of fewer than k owner
    groups, of those in the nation's; where these are, too, and for shares, reach is -1.
    """
    words = state.vocabulary
    kinds = [words.kind(metric) for metric, _ in words.families]
    asked = np.array([not kind.is_share for kind in kinds], np.bool_)
    live = np.flatnonzero(state.rows.last == OPEN)
    live = live[asked[family_of(state.rows.block[live])]]
    rows = state.rows.take(live)
    family = family_of(rows.block)
    inside = level_of(rows.block) <= _DIVISION
    # Segments: of each family, its divisions first, then its nations.
    divisions, width = len(words.divisions), len(words.divisions) + len(words.nations)
    of_division = family * width + words.up(rows.area, 0, _DIVISION)
    of_nation = family * width + divisions + words.up(rows.area, 0, _NATION)
    segment = np.concatenate([of_division[inside], of_nation])
    value = np.concatenate([rows.value[inside], rows.value])
    kin = state.kin[rows.group].astype(np.int64)
    owners = distinct((segment << GROUP_BITS) | np.concatenate([kin[inside], kin])) >> GROUP_BITS
    steps = np.repeat(np.array([kind.step for kind in kinds], np.int64), width)
    centre = _middles(segment, value, steps, policy)
    deviation = _middles(segment, np.abs(value - centre[segment]), steps, policy)
    reach = np.maximum(policy.outlier_mads * _SCALE * deviation // _SCALED, steps)
    reach = np.maximum(reach, policy.outlier_floor_percent * centre // 100)
    reach[np.bincount(owners, minlength=len(steps)) < policy.k] = _NO_FENCE
    shape = len(kinds), width
    centre, reach = centre.reshape(shape), reach.reshape(shape)
    own, whole = np.arange(divisions), divisions + words.division_nation
    known = reach[:, own] != _NO_FENCE
    return (
        np.where(known, centre[:, own], centre[:, whole]),
        np.where(known, reach[:, own], reach[:, whole]),
    )


def _middles(segment: Ints, value: Ints, steps: Ints, policy: Policy) -> Ints:
    """The median of each segment 0 .. len(steps) - 1, smoothed and rounded as printed ones are; 0 where empty."""
    ordered = np.sort((segment << VALUE_BITS) | value) & ((1 << VALUE_BITS) - 1)
    counts = np.bincount(segment, minlength=len(steps))
    starts = np.cumsum(counts) - counts
    full = np.flatnonzero(counts)
    middles = np.zeros(len(steps), np.int64)
    middles[full] = quantiles(ordered, starts[full], counts[full], steps[full], policy)[:, 0]
    return middles
