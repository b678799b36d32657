"""Regular expressions that are compiled when they are first used: most are not needed for the first rows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    late_pattern = re.compile
else:

    class _LatePattern:
        """Becomes what `re.compile` makes, method by method, as each is asked for."""

        def __init__(self, text: str, flags: int) -> None:
            self._given = (text, flags)

        def __getattr__(self, name: str) -> Any:
            found = getattr(re.compile(*self._given), name)
            setattr(self, name, found)  # from now on it is found without this
            return found

    def late_pattern(text: str, flags: int = 0) -> _LatePattern:
        """What `re.compile` makes of the same."""
        return _LatePattern(text, flags)
