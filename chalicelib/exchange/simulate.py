"""Run the publisher over files, no cloud: a data steward tries a policy before it goes live."""

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import numpy as np

from chalicelib.days import day_number
from chalicelib.errors import InvalidInput
from chalicelib.exchange.blocks import LEVELS, MIXED, cell_key, family_of, kind_of_key, level_of
from chalicelib.exchange.cells import build_cells
from chalicelib.exchange.contributions import Contributions, one_voice
from chalicelib.exchange.frame import LONG_AGO, Frame
from chalicelib.exchange.microdata import read_csv
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.printing import member_lines, printed
from chalicelib.exchange.publisher import Publication, publish
from chalicelib.exchange.sets import contains
from chalicelib.exchange.state import State
from chalicelib.exchange.unprotected import Unprotected, unprotected


@dataclass(frozen=True, slots=True)
class Report:
    """The steward's figures of one night; errors are medians of |published / unprotected - 1| by level."""

    night: int
    cells: int
    composites: int
    possible: int
    bare: int
    safe_alone: int
    lookups: dict[str, float]
    errors: dict[str, float]
    oldest_as_of: int
    blocks: int
    older_than_60: float
    seconds: float
    findings: tuple[str, ...]

    def text(self) -> str:
        """The lines printed for the night."""
        total = self.cells + self.composites
        share = 100 * self.cells / self.possible if self.possible else 0.0
        answered = ", ".join(f"{level} {100 * part:.1f} %" for level, part in self.lookups.items())
        errors = ", ".join(f"{level} {100 * error:.2f} %" for level, error in self.errors.items())
        lines = [
            f"night {self.night}: {total} cells published ({self.composites} of them composites)",
            (
                f"  share of possible cells: {share:.1f} % of {self.possible};"
                f" a bare k publisher would print {self.bare},"
                f" this is {100 * self.cells / max(self.bare, 1):.1f} % of it"
                f" ({100 * self.cells / max(self.safe_alone, 1):.1f} % of the {self.safe_alone} that nobody dominates)"
            ),
            f"  look-ups answered at: {answered or 'none'}",
            f"  median error: {errors or 'none'}",
            (
                f"  oldest as-of: night {self.oldest_as_of}; {self.blocks} blocks,"
                f" {100 * self.older_than_60:.1f} % older than 60 nights"
            ),
            f"  seconds: {self.seconds:.2f}",
        ]
        lines += [f"  NOT PUBLISHED, the gate found: {finding}" for finding in self.findings]
        return "\n".join(lines)


def simulate(
    files: Sequence[Path], out: Path, policy: Policy, last_night: date, say: Callable[[str], None]
) -> bool:
    """Publish one night a file into `out`; `say` gets each night's report. False when the gate refused any.

    A refused night repeats the release before it. Night i is `len(files) - 1 - i` days before `last_night`,
    which matters only where effective dates are given. Raises InvalidInput; files already written stay.
    """
    if out.exists() and not out.is_dir():
        raise InvalidInput(f"{out}: exists and is not a directory; give --out a directory to write to")
    for file in files:
        if not file.is_file():
            raise InvalidInput(f"{file}: not a file")
    out.mkdir(parents=True, exist_ok=True)
    (out / "policy.json").write_text(json.dumps(policy.to_json(), indent=1) + "\n")
    latest = Publication(-1, policy, build_cells(State(), policy), State(), ())
    clean = True
    for night, file in enumerate(files):
        frame = read_csv(file)
        today = day_number(last_night) - (len(files) - 1 - night)
        started = time.perf_counter()
        outcome = publish(frame, night, policy, latest.state, today)
        seconds = time.perf_counter() - started
        if outcome.findings:
            clean = False
        else:
            latest = outcome
        write(latest, night, out)
        say(report(latest, frame, today, night, seconds, tuple(map(str, outcome.findings))).text())
    return clean


def write(publication: Publication, night: int, out: Path) -> None:
    """`pub_i.jsonl`, and the private `members_i.jsonl` and `values_i.parquet` for audits."""
    with (out / f"pub_{night}.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(cell.to_json() + "\n" for cell in printed(publication))
    with (out / f"members_{night}.jsonl").open("w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in member_lines(publication))
    (out / f"values_{night}.parquet").write_bytes(publication.state.values_file())


def report(
    publication: Publication, frame: Frame, today: int, night: int, seconds: float, findings: tuple[str, ...]
) -> Report:
    """The figures of a night, against what an unprotected publisher would have printed."""
    words, recoded = publication.state.vocabulary.absorb(frame)
    state = replace(publication.state, vocabulary=words)
    dated = len(frame) > 0 and int(frame.effective.max()) > LONG_AGO
    policy = publication.policy
    voices = one_voice(recoded, today - policy.minimum_age_days if dated else LONG_AGO)
    truth = unprotected(words, voices, policy)
    age = night - state.admitted
    return Report(
        night=night,
        cells=len(publication.cells),
        composites=len(publication.cells.composites.key),
        possible=len(truth.key),
        bare=int((truth.groups >= policy.k).sum()),
        safe_alone=int(truth.safe.sum()),
        lookups=_lookups(publication, state, voices),
        errors=_errors(publication, truth, state),
        oldest_as_of=int(state.admitted.min()) if len(state.admitted) else night,
        blocks=len(state.blocks),
        older_than_60=float((age > 60).mean()) if len(age) else 0.0,
        seconds=seconds,
        findings=findings,
    )


def _errors(publication: Publication, truth: Unprotected, state: State) -> dict[str, float]:
    """The median relative error of printed medians, by level and for the cells of all types on it.

    Shares, printed in percent, are left out.
    """
    cells = publication.cells
    dollars = np.array(
        [not state.vocabulary.kind(metric).is_share for metric, _ in state.vocabulary.families], np.bool_
    )
    known = contains(truth.key, cells.key)
    key, median = cells.key[known], cells.figures[known, 0]
    true = truth.median[np.searchsorted(truth.key, key)]
    usable = (true > 0) & dollars[family_of(key)] if len(key) else np.zeros(0, np.bool_)
    error = np.abs(median[usable] - true[usable]) / true[usable]
    level, mixed = level_of(key[usable]), kind_of_key(key[usable]) == MIXED
    parts = [(name, level == at) for at, name in enumerate(LEVELS)]
    parts += [(f"{name}, all types", (level == at) & mixed) for at, name in enumerate(LEVELS)]
    return {name: float(np.median(error[part])) for name, part in parts if part.any()}


def _lookups(publication: Publication, state: State, voices: Contributions) -> dict[str, float]:
    """Where a look-up for each contribution's own place and type is answered, as shares by the covering
    cell.
    """
    words, cells = state.vocabulary, publication.cells.key
    left = np.ones(len(voices), np.bool_)
    answered: dict[str, float] = {}
    if not len(voices):
        return answered
    for level, name in enumerate(LEVELS):
        for pure in (True, False):
            key = cell_key(words, voices.family, voices.area, voices.shop_type, level, pure)
            hit = left & contains(cells, key)
            answered[f"{name} x type" if pure else name] = float(hit.mean())
            left &= ~hit
    answered["nowhere"] = float(left.mean())
    return answered
