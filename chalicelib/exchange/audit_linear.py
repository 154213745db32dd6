"""Differences and linear combinations of cells, as an attacker would form them.

Cells are rows over unknowns. Unknowns that are in exactly the same cells cannot be told apart by any
combination, so they are gathered into atoms. A combination exposes someone when all its atoms together have
fewer than k owner groups. Elimination is exact, modulo a large prime.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

Triple = tuple[str, str, int]
Matrix = NDArray[np.int64]

PRIME = 2_147_483_629
#: How many column orders are tried for sparse combinations, and how many sets of owner groups.
ORDERS, SETS = 12, 400


class System:
    """The distinct cells of one metric and position over all retained nights."""

    def __init__(self, cells: Sequence[frozenset[Triple]], k: int) -> None:
        self.k = k
        patterns: dict[Triple, list[int]] = {}
        for row, members in enumerate(cells):
            for triple in members:
                patterns.setdefault(triple, []).append(row)
        atoms: dict[tuple[int, ...], set[str]] = {}
        for triple, rows in patterns.items():
            atoms.setdefault(tuple(rows), set()).add(triple[0])
        ordered = sorted(atoms)
        self.groups = [frozenset(atoms[pattern]) for pattern in ordered]
        self.large = np.array([len(groups) >= k for groups in self.groups], np.bool_)
        self.cells = np.zeros((len(cells), len(ordered)), np.bool_)
        for column, pattern in enumerate(ordered):
            self.cells[list(pattern), column] = True

    def exposed(self, atoms: NDArray[np.bool_]) -> str:
        """The owner groups of some atoms when they are too few; empty when there are none or enough."""
        if not atoms.any() or (atoms & self.large).any():
            return ""
        found: set[str] = set()
        for atom in np.flatnonzero(atoms):
            found |= self.groups[atom]
            if len(found) >= self.k:
                return ""
        return f"{sorted(found)} ({len(found)} owner groups)"

    def small_residue(self, parent: int, children: Sequence[int]) -> str:
        """Who is left when the union of some cells is taken from another."""
        return self.exposed(self.cells[parent] & ~self.cells[list(children)].any(axis=0))

    def small_differences(self) -> Iterator[tuple[int, int, str]]:
        """Every pair of cells, of any nights, that differ by too few owner groups."""
        for one in range(len(self.cells)):
            differs = self.cells[one + 1 :] ^ self.cells[one]
            for at in np.flatnonzero(~(differs & self.large).any(axis=1)):
                if groups := self.exposed(differs[at]):
                    yield one, one + 1 + int(at), groups

    def small_combinations(self) -> Iterator[str]:
        """Owner groups too few, a combination of whose values follows from the cells; each set once."""
        count, part = connected_components(
            csr_matrix(self.cells.T.astype(np.int32) @ self.cells.astype(np.int32))
        )
        seen: set[str] = set()
        for component in range(count):
            columns = np.flatnonzero(part == component)
            for groups in self._of_component(columns):
                if groups not in seen:
                    seen.add(groups)
                    yield groups

    def _of_component(self, columns: Matrix) -> Iterator[str]:
        """Combinations without any large atom form a space of their own; sparse ones in it are sought.

        Its reduced basis under many column orders holds the sparsest combinations unless the space is large;
        and for the sets of owner groups that small atoms suggest, it is decided exactly whether one lies in
        the set.
        """
        large, small = columns[self.large[columns]], columns[~self.large[columns]]
        if not len(small):
            return
        rows = self.cells[self.cells[:, columns].any(axis=1)]
        reduced, pivots = eliminate(rows[:, np.concatenate([large, small])].astype(np.int64))
        space = reduced[pivots >= len(large)][:, len(large) :]
        if not len(space):
            return
        orders = np.random.default_rng(0)
        for _ in range(ORDERS):
            order = orders.permutation(len(small))
            basis, _ = eliminate(space[:, order])
            yield from self._rows(basis, small[order])
        for wanted in self._suspects(small):
            inside = np.array([self.groups[atom] <= wanted for atom in small])
            order = np.concatenate([np.flatnonzero(~inside), np.flatnonzero(inside)])
            basis, lead = eliminate(space[:, order])
            yield from self._rows(basis[lead >= int((~inside).sum())], small[order])

    def _rows(self, basis: Matrix, atoms: Matrix) -> Iterator[str]:
        for row in basis:
            support = np.zeros(len(self.groups), np.bool_)
            support[atoms[row != 0]] = True
            if groups := self.exposed(support):
                yield groups

    def _suspects(self, small: Matrix) -> list[frozenset[str]]:
        """Sets of fewer than k owner groups worth a closer look: small atoms and unions of two."""
        single = sorted({self.groups[atom] for atom in small}, key=sorted)
        union = {a | b for a, b in combinations(single[:40], 2) if len(a | b) < self.k}
        return (single + sorted(union, key=sorted))[:SETS]


def eliminate(matrix: Matrix) -> tuple[Matrix, Matrix]:
    """The reduced row echelon form modulo PRIME without zero rows, and the pivot column of each row."""
    work = matrix % PRIME
    pivots: list[int] = []
    for column in range(work.shape[1]):
        row = len(pivots)
        if row == len(work):
            break
        below = np.flatnonzero(work[row:, column])
        if not len(below):
            continue
        if below[0]:
            work[[row, row + below[0]]] = work[[row + below[0], row]]
        work[row] = work[row] * pow(int(work[row, column]), -1, PRIME) % PRIME
        others = np.flatnonzero(work[:, column])
        others = others[others != row]
        work[others] = (work[others] - work[others, column][:, None] * work[row]) % PRIME
        pivots.append(column)
    return work[: len(pivots)], np.array(pivots, np.int64)
