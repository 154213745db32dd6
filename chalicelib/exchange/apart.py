"""The publisher, for other answers than those of the Exchange: same method and gate, a state of their own.

Who uses it brings answers and gets cells. Blocks, batched admission and the gate work as for pay; the state lies
beside that of the Exchange under a name of its own, and neither knows of the other.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from chalicelib.days import day_number
from chalicelib.errors import Conflict
from chalicelib.exchange.coding import codes_of, places_of
from chalicelib.exchange.erasure import ERASED
from chalicelib.exchange.frame import ALL, Frame
from chalicelib.exchange.night import is_settled
from chalicelib.exchange.night_store import StateObjects
from chalicelib.exchange.policy import Policy
from chalicelib.exchange.printing import Printed, printed
from chalicelib.exchange.publisher import publish
from chalicelib.exchange.state import State

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ANY: Final = "any"


class Answer(NamedTuple):
    """What an organization says of something: a number in hundredths, or 0 or 100 where the metric is a share.

    ``metric`` ends in ``_share`` where it is one. An answer is fresh once for each ``organization``: who lets a
    year's answers be fresh again names the year in it.
    """

    organization: str
    owner_group: str
    area: str
    state: str
    metric: str
    topic: str
    value: int


@dataclass(frozen=True, slots=True)
class Apart:
    """What a night of other answers gave. ``settled``: the same answers would change nothing the next night."""

    cells: tuple[Printed, ...]
    state_key: str
    settled: bool


def publish_answers(
    client: "S3Client",
    bucket: str,
    name: str,
    answers: Sequence[Answer],
    night: date,
    state_key: str | None,
    gone: Callable[[Collection[str]], Collection[str]],
) -> Apart:
    """The cells of a night, from the answers in force and the state that the night before kept, if there was one.

    Answers count at once: they are not prices. ``gone`` says which of the owner groups that it is given, silent
    tonight, are no more: the state then keeps no link to them. Who is silent and may speak again is not
    forgotten, or would count as somebody else when they do. Raises ``Conflict`` where the gate finds that
    somebody would be disclosed, or the state is lost; nothing may be published then, and the old state stays good.
    """
    states = StateObjects(client, bucket)
    before = State() if state_key is None else State.load(states.read(state_key))
    before = _without(before, gone(_silent(before, answers)))
    day = day_number(night)
    made = publish(frame_of(answers, day), day, Policy(minimum_age_days=0), before, day)
    if made.findings:
        rules = ", ".join(sorted({finding.rule for finding in made.findings}))
        raise Conflict(f"The gate refused the night of {night} of {name}: {rules}.")
    return Apart(
        cells=tuple(cell for cell in printed(made) if cell.shop_type == ALL and not cell.composite),
        state_key=states.put(f"{name}-{night.isoformat()}", made.state.dump()),
        settled=is_settled(before, made.state),
    )


def _silent(state: State, answers: Sequence[Answer]) -> list[str]:
    """The owner groups that the state knows by name and that say nothing tonight."""
    speaking = {one.owner_group for one in answers}
    names = state.vocabulary.groups
    return [name for name in names if name not in speaking and not name.startswith(ERASED)]


def _without(state: State, gone: Collection[str]) -> State:
    """The state without a link to owner groups that are no more; what they said goes on counting under a code."""
    words, lost = state.vocabulary, set(gone)
    names = (f"{ERASED}{code}" if name in lost else name for code, name in enumerate(words.groups))
    return replace(state, vocabulary=replace(words, groups=tuple(names)))


def frame_of(answers: Sequence[Answer], day: int) -> Frame:
    """The answers as columns, all of one type of shop and one weight."""
    orgs, org = codes_of([one.organization for one in answers])
    groups, group = codes_of([one.owner_group for one in answers])
    families, family = codes_of([(one.metric, one.topic) for one in answers])
    areas, area = codes_of([(one.area, one.state) for one in answers])
    return Frame(
        orgs=tuple(orgs),
        groups=tuple(groups),
        shop_types=(_ANY,) if answers else (),
        families=tuple(families),
        places=places_of(areas),
        org=org,
        group=group,
        area=area,
        shop_type=np.zeros(len(answers), np.int32),
        family=family,
        value=np.array([one.value for one in answers], np.int64),
        headcount=np.ones(len(answers), np.int64),
        effective=np.full(len(answers), day, np.int32),
    )
