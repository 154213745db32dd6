"""Going back to an earlier night, without giving away what later nights published.

People saw the nights that are taken back. A night computed from the old state as if they had never been could be
subtracted from them. So the state does not go back: its rows do. What began to count after the night ends, what
counted then counts again, and everything ever published stays known: earlier versions of blocks, with which each
change is compared, and answers, none of which is fresh a second time.

Then the blocks stand at versions that have been published before, which tells nothing new, and the next change
brings k owner groups that are in no earlier version, taken back or not.
"""

from dataclasses import replace

import numpy as np

from chalicelib.errors import InvalidInput
from chalicelib.exchange.state import OPEN, State


def revert(state: State, night: int, to: int) -> State:
    """The state whose blocks count on ``night`` what they counted on the earlier night ``to``.

    Blocks that were split or joined since stay so: their pieces are what was published, then and now. Raises
    ``InvalidInput`` where ``to`` is no night of the state, or ``night`` is not after all of its nights.
    """
    if to not in state.nights or night <= state.nights[-1]:
        raise InvalidInput(f"The state has no night {to}, or {night} is not after its last night.")
    rows = state.rows
    counted = (rows.first <= to) & (to < rows.last)
    counts = rows.last == OPEN
    ended = np.where(counts & ~counted, night, rows.last).astype(rows.last.dtype)
    again = rows.take(counted & ~counts)
    reopened = replace(
        again,
        first=np.full(len(again), night, rows.first.dtype),
        last=np.full(len(again), OPEN, rows.last.dtype),
    )
    reverted = replace(rows, last=ended).plus(reopened)
    # A block's date is again that of its last change up to then.
    admitted = np.zeros(len(state.blocks), np.int32)
    at = np.searchsorted(state.blocks, rows.block)
    np.maximum.at(admitted, at, np.where(rows.first <= to, rows.first, 0))
    np.maximum.at(admitted, at, np.where(rows.last <= to, rows.last, 0))
    # A block that has only begun since holds nothing now. It stays, so that joining it again is checked against
    # what was published of it.
    old = np.bincount(at[rows.first <= to], minlength=len(state.blocks)) > 0
    admitted = np.where(old, admitted, state.admitted).astype(np.int32)
    return replace(state, nights=(*state.nights, night), rows=reverted, admitted=admitted)
