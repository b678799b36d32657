"""What every test may use: the demo bundles, an empty configuration, pictures in `snapshots/`."""

from __future__ import annotations

import gc
import itertools
import os
import sys
import tomllib
from contextlib import suppress
from importlib import import_module
from importlib.metadata import version
from inspect import iscoroutinefunction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.internal.conjecture import providers
from pytest_textual_snapshot import SVGImageExtension
from syrupy.location import PyTestLocation

from tests.examples import examples
from tui.bundle.log import writers

PROJECT = Path(__file__).parent.parent
DEMO_BUNDLES = PROJECT / "demo_bundles"
DEMO_BUNDLE_NAMES = sorted(path.parent.name for path in DEMO_BUNDLES.glob("*/manifest.json"))


def pinned_textual() -> str:
    """The Textual version whose pictures `snapshots/` holds, from the `test` extra."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (pin,) = (line for line in project["optional-dependencies"]["test"] if line.startswith("textual=="))
    return str(pin).removeprefix("textual==")


def _snapshot_directory(cls: type[SVGImageExtension], *, test_location: PyTestLocation) -> str:
    """Pictures are for people, too: one folder at the top of the project, one sub-folder per test file."""
    return str(PROJECT / "snapshots" / Path(test_location.filepath).stem)


SVGImageExtension.dirname = classmethod(_snapshot_directory)


USUAL_EXAMPLES = 100
"""How many examples Hypothesis tries where a test says nothing else."""


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to paint new pictures with a Textual that draws differently; try fewer examples where all is checked.

    There, Hypothesis does not look for constants to try in the program's seven hundred files either, which each worker
    would do by itself: the examples are the same each time, and a person's own runs try them.
    """
    settings.register_profile(
        "shared",
        max_examples=examples(USUAL_EXAMPLES),
        deadline=None,  # how busy a machine is says nothing about a property
        suppress_health_check=[HealthCheck.too_slow],
    )
    settings.load_profile("shared")
    if "CI" in os.environ:
        providers._get_local_constants = lambda: providers._local_constants
    if config.getoption("update_snapshots", default=False) and version("textual") != pinned_textual():
        raise pytest.UsageError(
            f"--snapshot-update needs textual {pinned_textual()}, this is {version('textual')}: install '.[test]'"
        )


def pytest_sessionstart(session: pytest.Session) -> None:
    """Let workers that run beside each other compile a share of the test files each, and take the others' from disk.

    In a fresh checkout nothing is compiled. All would begin with the first file and compile all of them: with the
    assertions rewritten that takes longer than to run a third of the tests of rules.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None or sys.dont_write_bytecode:
        return
    paths = (PROJECT / argument for argument in session.config.args)
    files = sorted(file for path in paths if path.is_dir() for file in path.rglob("test_*.py"))
    first = len(files) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for file in files[first:] + files[:first]:
        with suppress(Exception, pytest.skip.Exception):  # what cannot be imported is reported when it is collected
            import_module(".".join(file.relative_to(PROJECT).with_suffix("").parts))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Compare pictures only with the Textual that painted them."""
    if version("textual") == pinned_textual():
        return
    other_version = pytest.mark.skip(reason=f"the pictures are those of textual {pinned_textual()}")
    for item in items:
        if "snap_compare" in getattr(item, "fixturenames", ()):
            item.add_marker(other_version)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Give all tests an environment of their own; what was collected stays, and the collector need not look at it."""
    global _kept
    session.config.stash[_HOMES] = homes = TemporaryDirectory(prefix="rtrace-tests-", ignore_cleanup_errors=True)
    os.environ["XDG_CONFIG_HOME"] = str(Path(homes.name) / "no-configuration")
    for name in ("CODEX_ROLLOUT_TRACE_ROOT", "NO_COLOR"):
        os.environ.pop(name, None)
    writers.SEARCH_SECONDS = 60.0  # who writes a log is found however busy the machine is
    gc.collect()
    gc.freeze()
    _kept = gc.get_freeze_count()


LOOK_AFTER = 50
"""How many tests there are between two looks at what they left: to count that, the collector goes over all there is."""

MOST_LEFT = 1_000_000
"""How many objects may be left before they are given back: to find them, the collector walks through all there are."""

_ended = itertools.count(1)
_kept = 0


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown() -> None:
    """Give back what ended apps and commands told the collector to keep: they take it for the end of the process."""
    global _kept
    if next(_ended) % LOOK_AFTER == 0 and gc.get_freeze_count() > _kept + MOST_LEFT:
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        _kept = gc.get_freeze_count()


_HOMES = pytest.StashKey[TemporaryDirectory[str]]()
"""The folder with the folders for state and cache, which goes when the session does."""

_homes = itertools.count()
_home = Path()
_is_used = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Tests see no configuration, remembered place, cache or colour wish of the person who runs them.

    A test gets the folders of the one before if that left them empty and can write nothing more into them, as an app
    could. No fixture does that, since nearly nine thousand tests would ask for it; nor `mktemp`, which looks through
    the folders of all tests before it makes one.
    """
    global _home, _is_used
    if _is_used or any(map(_was_touched, (_home / "state", _home / "cache"))):
        _home = Path(item.config.stash[_HOMES].name) / str(next(_homes))
        for name, folder in (("XDG_STATE_HOME", _home / "state"), ("XDG_CACHE_HOME", _home / "cache")):
            folder.mkdir(parents=True)
            os.environ[name] = str(folder)
    _is_used = iscoroutinefunction(getattr(item, "function", None))


def _was_touched(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except OSError:
        return True


@pytest.fixture
def demo_bundles() -> Path:
    """The folder with the demo bundles."""
    return DEMO_BUNDLES


@pytest.fixture(params=DEMO_BUNDLE_NAMES)
def demo_bundle(request: pytest.FixtureRequest) -> Path:
    """Each demo bundle in turn."""
    return DEMO_BUNDLES / str(request.param)
