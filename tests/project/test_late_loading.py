"""What commands load late, or without a part that they do not need, works as if it were loaded as always."""

from __future__ import annotations

import subprocess
import sys

import msgspec
import pytest

from tui.late_decoder import late_decoder


class Point(msgspec.Struct):
    """A place."""

    x: int


def test_late_decoder_reads_what_a_decoder_reads() -> None:
    decoder = late_decoder(Point)
    assert [decoder.decode(b'{"x": 1}'), decoder.decode(b'{"x": 2}')] == [Point(1), Point(2)]
    with pytest.raises(msgspec.ValidationError):
        decoder.decode(b'{"x": "a"}')


@pytest.mark.parametrize(
    ("before", "expected"),
    [("", "False True"), ("import typing_extensions\n", "True True"), ("import msgspec\n", "True True")],
)
def test_msgspec_loads_without_typing_extensions(before: str, expected: str) -> None:
    pytest.importorskip("typing_extensions")
    program = (
        f"import sys\n{before}from tui.lean_msgspec import load_msgspec\nload_msgspec()\n"
        "is_loaded = 'typing_extensions' in sys.modules\n"
        "import typing_extensions, msgspec\nprint(is_loaded, msgspec.json.decode(b'1') == 1)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.split("\n")[0] == expected
