"""The merge of partitions against sorting everything: the same answer in pages of any size, within its reads."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.postings import newest as by_age
from chalicelib.postings.newest import BEGINNING, Read, Resume, newest, position_of, resume_of


class Index:
    """Partitions in memory, which count their reads."""

    def __init__(self, partitions: dict[str, list[int]]) -> None:
        self.partitions = {
            name: sorted((f"{number:06d}" for number in numbers), reverse=True)
            for name, numbers in partitions.items()
        }
        self.reads = 0

    def read(self, partition: str, before: str, limit: int) -> Read:
        self.reads += 1
        behind = [sort for sort in self.partitions[partition] if sort < before]
        return Read([(sort, sort) for sort in behind[:limit]], len(behind) > limit)


def even(number: int) -> bool:
    return number % 2 == 0


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 200), unique=True, max_size=80),
    st.integers(1, 6),
    st.integers(1, 9),
    st.integers(1, 7),
    st.integers(0, 3),
)
def test_pages_are_all_that_is_wanted_in_order(
    numbers: list[int], partitions: int, limit: int, read_limit: int, reads: int
) -> None:
    index = Index({str(one): [n for n in numbers if n % partitions == one] for one in range(partitions)})
    told: list[int] = []
    start: Resume | None = BEGINNING
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(by_age, "READ_LIMIT", read_limit)
        patch.setattr(by_age, "READS", reads)
        while start is not None:
            reads_before = index.reads
            page = newest(index.read, list(index.partitions), limit, int, even, start)
            assert len(page.things) <= limit
            assert index.reads - reads_before <= partitions + reads
            assert page.resume is None or page.resume.before < start.before
            told += page.things
            start = resume_of(position_of(page.resume)) if page.resume is not None else None
    assert told == sorted(filter(even, numbers), reverse=True)


def test_a_spent_partition_is_not_read_again() -> None:
    index = Index({"empty": [], "full": list(range(120))})
    first = newest(index.read, ["empty", "full"], 20, int, lambda _: True)
    assert index.reads == 2
    assert first.resume is not None
    newest(index.read, ["empty", "full"], 20, int, lambda _: True, first.resume)
    assert index.reads == 3


def test_looking_for_what_is_not_there_ends_within_the_reads() -> None:
    index = Index({"full": list(range(5000))})
    page = newest(index.read, ["full"], 20, int, lambda _: False)
    assert (page.things, index.reads) == ([], 1 + by_age.READS)
    assert page.resume is not None
