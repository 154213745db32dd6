"""Lists that tell of a school and are taken back, in any order: what remains is what the remaining lists said."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.organizations import service
from chalicelib.organizations.imports import new_school
from chalicelib.organizations.models import Organization, Status
from chalicelib.organizations.programs import Level, Program
from chalicelib.organizations.service import ImportedSchool, TakenBack, Telling
from chalicelib.values import Subject
from tests.unit.organizations.samples import identifier

NOW = datetime(2026, 6, 15, 12, 30, tzinfo=UTC)
PLACES = (("Missoula", "59801"), ("Missoula", "59802"), ("Kalispell", "59901"))
PROGRAMS = tuple(
    Program(subject=subject, cip_code=code, level=Level.POSTSECONDARY)
    for subject, code in ((Subject.AUTOMOTIVE, "47.0604"), (Subject.DIESEL, "47.0605"))
)


def maybe(*values: object) -> st.SearchStrategy[object]:
    return st.sampled_from((None, *values))


records = st.builds(
    lambda name, place, street, point, phone, ope_id, closed, programs: ImportedSchool(
        name=name,
        city=place[0],
        zip=place[1],
        street=street,
        latitude=point and 46.9,
        longitude=point and point,
        phone=phone,
        ope_id=ope_id,
        closed=closed,
        programs=tuple(programs),
    ),
    st.sampled_from(("Alder College", "Alder Coll.")),
    st.sampled_from(PLACES),
    maybe("1 Main St", "2 Elm St"),
    maybe(-114.1, -114.2),
    maybe("+14065550101", "+14065550102"),
    maybe("00253300"),
    maybe(True, False),
    st.lists(st.sampled_from(PROGRAMS), unique=True),
)
dates = st.sampled_from(("2023-01-01", "2024-01-01", "2025-01-01"))


@dataclass
class Directory:
    """One school, what each import found, and what was said, as an importer has it."""

    school: Organization | None = None
    found: dict[str, Organization | None] = field(default_factory=dict)

    def load(self, record: ImportedSchool, telling: Telling) -> None:
        """A list names the school."""
        before = self.school
        if before is None:
            self.school = new_school(record, identifier(1), telling, NOW)
        else:
            self.school = service.changed_school(before, record, telling, NOW).organization
        if self.school is not before:
            self.found[telling.import_id] = before

    def undo(self, telling: Telling) -> None:
        """The import is taken back."""
        if self.school is not None and telling.import_id in self.found:
            back = TakenBack(telling.import_id, telling.source)
            self.school = service.without_import(self.school, self.found[telling.import_id], back, NOW)


def content(school: Organization | None) -> object:
    """What a school is; programs in no order, since the order is that of the lists."""
    if school is None:
        return None
    told = school.model_dump(exclude={"provenance", "version", "updated_at", "created_at", "sectors"})
    said = service.read_provenance(school.provenance)
    return {
        **told,
        "programs": sorted(one.cip_code for one in school.programs),
        "sectors": sorted(school.sectors),
        "named": {source: sorted(keys) for source, keys in said.programs.items()},
        "tellings": sorted(said.tellings()),
    }


tellings = st.lists(st.tuples(records, dates), min_size=1, max_size=5)


@given(tellings, st.data())
def test_of_several_sources_what_remains_is_what_the_others_said(
    lists: list[tuple[ImportedSchool, str]], data: st.DataObject
) -> None:
    told = [
        (record, Telling(f"source{at}", day, identifier(10 + at))) for at, (record, day) in enumerate(lists)
    ]
    gone = data.draw(st.lists(st.sampled_from(range(len(told))), unique=True))
    late = data.draw(st.integers(0, len(told)))
    directory = Directory()
    for record, telling in told[:late]:
        directory.load(record, telling)
    early = [at for at in gone if at < late]
    for at in early:
        directory.undo(told[at][1])
    for record, telling in told[late:]:
        directory.load(record, telling)
    for at in gone:
        if at not in early:
            directory.undo(told[at][1])
    alone = Directory()
    for at, (record, telling) in enumerate(told):
        if at not in gone:
            alone.load(record, telling)
    assert content(directory.school) == content(alone.school)


@given(tellings, records, st.data())
def test_a_list_that_is_taken_back_and_comes_again_says_the_same(
    lists: list[tuple[ImportedSchool, str]], record: ImportedSchool, data: st.DataObject
) -> None:
    directory = Directory()
    for at, (other, day) in enumerate(lists):
        directory.load(other, Telling(f"source{at}", day, identifier(10 + at)))
    day = data.draw(dates)
    first, again = (Telling("own", day, identifier(at)) for at in (30, 31))
    directory.load(record, first)
    with_it = directory.school
    directory.undo(first)
    directory.load(record, again)
    assert with_it is not None
    assert directory.school is not None
    assert service.same_school(
        directory.school.model_copy(update={"programs": (), "sectors": (), "created_at": NOW}),
        with_it.model_copy(update={"programs": (), "sectors": (), "created_at": NOW}),
    )


@given(tellings)
def test_one_source_taken_back_from_its_latest_list_on_says_what_it_said_before(
    lists: list[tuple[ImportedSchool, str]],
) -> None:
    directory = Directory()
    states: list[object] = [content(None)]
    told = [Telling("own", day, identifier(10 + at)) for at, (_, day) in enumerate(lists)]
    for (record, _), telling in zip(lists, told, strict=True):
        directory.load(record, telling)
        states.append(content(directory.school))
    for telling, state in zip(reversed(told), reversed(states[:-1]), strict=True):
        directory.undo(telling)
        assert content(directory.school) == state


@given(tellings, st.data())
def test_what_people_changed_stays_whatever_is_taken_back(
    lists: list[tuple[ImportedSchool, str]], data: st.DataObject
) -> None:
    directory = Directory()
    told = [Telling(f"source{at}", day, identifier(10 + at)) for at, (_, day) in enumerate(lists)]
    claimed_after = data.draw(st.integers(1, len(lists)))
    status = data.draw(st.sampled_from((Status.UNCLAIMED, Status.PENDING, Status.VERIFIED)))
    for at, ((record, _), telling) in enumerate(zip(lists, told, strict=True), 1):
        directory.load(record, telling)
        if at == claimed_after and directory.school is not None:
            ours = {"name": "Our own name", "phone": "+14065550199", "status": status}
            directory.school = directory.school.model_copy(update=ours)
    for telling in data.draw(st.permutations(told)):
        directory.undo(telling)
        school = directory.school
        assert school is not None
        assert (school.name, school.phone) == ("Our own name", "+14065550199")
        assert (school.status is status) or (status is Status.UNCLAIMED and school.status is Status.CLOSED)
