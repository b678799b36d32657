"""A map of a past graph that is filled after the graph was brought to a place, because it is long and seldom walked."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar, overload

Key = TypeVar("Key")
Value = TypeVar("Value")
Default = TypeVar("Default")


class LateMap(dict[Key, Value]):
    """While it `is_late`, a key is looked for among the entries of now; walking through it fills it first.

    It must hold what never changes, and only be asked for keys that objects of the same graph name: these were there.
    """

    __slots__ = ("_complete", "_now", "is_late")

    def __init__(self, now: Mapping[Key, Value], complete: Callable[[], None]) -> None:
        """`complete` is to fill the map, and to set `is_late` to False."""
        super().__init__()
        self._now = now
        self._complete = complete
        self.is_late = False

    def _fill(self) -> None:
        if self.is_late:
            self._complete()

    def __missing__(self, key: Key) -> Value:
        if not self.is_late:
            raise KeyError(key)
        return self._now[key]

    def __contains__(self, key: object) -> bool:
        return super().__contains__(key) or (self.is_late and key in self._now)

    @overload
    def get(self, key: Key, default: None = None, /) -> Value | None: ...
    @overload
    def get(self, key: Key, default: Value, /) -> Value: ...
    @overload
    def get(self, key: Key, default: Default, /) -> Value | Default: ...
    def get(self, key: Key, default: Any = None, /) -> Any:
        """As of any map."""
        return self._now.get(key, default) if self.is_late else super().get(key, default)

    def __len__(self) -> int:
        self._fill()
        return super().__len__()

    def __iter__(self) -> Iterator[Key]:
        self._fill()
        return super().__iter__()

    def keys(self) -> KeysView[Key]:  # type: ignore[override]  # a view as of any map
        """As of any map."""
        self._fill()
        return super().keys()

    def values(self) -> ValuesView[Value]:  # type: ignore[override]  # a view as of any map
        """As of any map."""
        self._fill()
        return super().values()

    def items(self) -> ItemsView[Key, Value]:  # type: ignore[override]  # a view as of any map
        """As of any map."""
        self._fill()
        return super().items()
