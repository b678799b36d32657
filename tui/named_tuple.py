"""`NamedTuple` for the modules that the first rows wait for: as `typing` has it, but made in a third of the time.

`typing.NamedTuple` compiles the annotation of each field, only to see that it could be a type. The type checker sees
that, too. For hundreds of fields it takes a tenth of the time in which our own modules are loaded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import namedtuple

    _MADE_BY_NAMEDTUPLE = {"__annotations__", "__module__", "__qualname__", "__firstlineno__", "__static_attributes__"}

    class _Maker(type):
        """Makes a tuple with names of a class body, instead of a class."""

        def __new__(cls, name, _bases, body):
            fields = body.get("__annotations__", {})
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            made.__annotations__ = made.__new__.__annotations__ = fields
            for key, value in body.items():
                if key not in fields and key not in _MADE_BY_NAMEDTUPLE:
                    setattr(made, key, value)
            return made

    NamedTuple = type.__new__(_Maker, "NamedTuple", (), {})
