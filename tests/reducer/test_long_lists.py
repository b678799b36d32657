"""Lists of the graph that hold each entry once stay cheap to extend, however long they get."""

from __future__ import annotations

from tui.reducer.long_lists import LONG_LIST, LongLists


class _Name(str):
    """Counts how often two names are compared."""

    __slots__ = ()
    compared = 0

    def __eq__(self, other: object) -> bool:
        _Name.compared += 1
        return super().__eq__(other)

    __hash__ = str.__hash__


def test_appending_to_a_long_list_compares_few_entries() -> None:
    lists = LongLists()
    names: list[_Name] = []
    for number in range(10 * LONG_LIST):
        assert lists.append_missing(names, _Name(number))
    before = _Name.compared
    assert not lists.append_missing(names, _Name(LONG_LIST // 2))
    assert lists.append_missing(names, _Name("new"))
    assert _Name.compared - before <= 2
    assert len(names) == 10 * LONG_LIST + 1


def test_a_long_list_changed_elsewhere_is_read_again() -> None:
    lists = LongLists()
    names = [str(number) for number in range(LONG_LIST)]
    assert lists.append_missing(names, "new")
    names.append("from elsewhere")
    assert not lists.append_missing(names, "from elsewhere")
    assert names[LONG_LIST:] == ["new", "from elsewhere"]


def test_long_lists_are_told_apart_by_identity() -> None:
    lists = LongLists()
    one, other = [[str(number) for number in range(LONG_LIST)] for _ in range(2)]
    assert lists.append_missing(one, "new")
    assert lists.append_missing(other, "new")
    assert (len(one), len(other)) == (LONG_LIST + 1, LONG_LIST + 1)
