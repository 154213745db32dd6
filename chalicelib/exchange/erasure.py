"""Erasure: frozen values keep no link to organizations that are gone."""

from dataclasses import replace

import numpy as np

from chalicelib.exchange.sets import contains, text_hashes
from chalicelib.exchange.state import State

ERASED = "erased:"
"""Begins the name of an owner group of which no more than a code is left."""


def forget(state: State, organizations: frozenset[str], owner_groups: frozenset[str]) -> State:
    """The state without a trace of organizations and owner groups that are not among those that are left.

    A frozen block goes on counting what it counted, under a code that leads to nobody, until its next change
    drops it. What was published stays known by its hash, from which no organization can be told.
    """
    words = state.vocabulary
    groups = tuple(
        name if name in owner_groups or name.startswith(ERASED) else f"{ERASED}{code}"
        for code, name in enumerate(words.groups)
    )
    left = np.sort(text_hashes(sorted(organizations)))
    kept = contains(left, state.owner_hashes)
    return replace(
        state,
        vocabulary=replace(words, groups=groups),
        owner_hashes=state.owner_hashes[kept],
        owner_groups=state.owner_groups[kept],
    )
