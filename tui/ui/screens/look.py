"""Commands that change how things look: panes, zoom, theme, following, help."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tui.ui.bindings import KeyBinding
from tui.ui.keyboard import shown_keys
from tui.ui.screens.parts import MainParts
from tui.ui.theme import THEMES, active_theme
from tui.viewmodel.layout import next_pane

if TYPE_CHECKING:
    from tui.viewmodel.pick_lists import Command


class LookCommands(MainParts):
    """Nothing here changes what is selected, only how it is seen."""

    # Panes

    def action_focus_next_pane(self) -> None:
        """Give the next pane the focus."""
        self.focus_pane(next_pane(self.pane, 1))

    def action_focus_previous_pane(self) -> None:
        """Give the pane before the focus."""
        self.focus_pane(next_pane(self.pane, -1))

    def action_zoom_pane(self) -> None:
        """Give the focused pane the whole screen, or take it back."""
        if "zoom" in self.modes:
            self.leave_mode("zoom")
        else:
            self.modes.enter("zoom")
            self.arrange_panes()

    def action_cycle_theme(self) -> None:
        """Take the next theme."""
        names = list(THEMES)
        name = names[(names.index(active_theme().name) + 1) % len(names)]
        self.wear_theme(name)
        self.say(f"theme {name}: {THEMES[name].description}")

    # Live

    def action_follow_newest(self) -> None:
        """Go to the newest row and stay with it."""
        if "pause" in self.modes:
            self.leave_mode("pause")
        self.timeline.follow()
        self.catch_up()
        self.show_selection()

    def action_pause_updates(self) -> None:
        """Take in no new lines, or take in what has waited."""
        if "pause" in self.modes:
            self.leave_mode("pause")
        else:
            self.modes.enter("pause")
            self.store.hold()
            self.refresh_status()
            self.say("new lines wait in the log; = goes on")

    # Help

    def action_show_help(self) -> None:
        """What the signs mean, and all keys that work now, the focused pane's first."""
        from tui.viewmodel.pick_lists import COMMAND_HINTS, command_entries, sign_entries

        self.pick(
            f"Keys in the {self.pane}",
            [*sign_entries(), *command_entries(self._commands(here=True))],
            self._run,
            hints=COMMAND_HINTS,
            closing_keys=self.keyboard.bindings["show_help"].keys,
        )

    def action_show_palette(self) -> None:
        """All commands, found by typing."""
        from tui.viewmodel.pick_lists import COMMAND_HINTS, command_entries

        self.pick("Commands", command_entries(self._commands(here=False)), self._run, hints=COMMAND_HINTS)

    def _run(self, choice: object) -> None:
        self.run_binding(str(choice))

    def _commands(self, *, here: bool) -> list[Command]:
        bindings = self.keyboard.bindings
        counting = [name for name, binding in bindings.items() if not here or self._counts_here(binding)]
        groups = list(dict.fromkeys(bindings[name].group for name in counting))
        counting.sort(key=lambda name: groups.index(bindings[name].group))
        return [_command(name, bindings[name]) for name in _without_slots(counting)]

    def _counts_here(self, binding: KeyBinding) -> bool:
        return binding.scope in ("rows", "global", self.pane)

    # Out

    def action_go_out(self) -> None:
        """Leave a zoom or a filter; with none, the recording, and the program where nothing lies below."""
        mode = self.modes.last_of("zoom", "filter")
        if mode is None:
            self.post_message(self.Left())
        else:
            self.leave_mode(mode)

    def action_list_bundles(self) -> None:
        """Show the recordings among which this one stands."""
        self.post_message(self.BundlesWanted())

    def action_suspend_program(self) -> None:
        """Give the terminal back to the shell until `fg`."""
        self.app.action_suspend_process()

    def action_quit(self) -> None:
        """Leave the program."""
        self.app.exit(0)


def _command(name: str, binding: KeyBinding) -> Command:
    from tui.viewmodel.pick_lists import Command

    keys = "  ".join(shown_keys(key) for key in binding.keys)
    return Command(keys, binding.description, binding.group, name)


def _without_slots(names: Iterable[str]) -> list[str]:
    """Nine lines for nine agents would drown the rest; the first one stands for all."""
    return [name for name in names if not name.startswith("go_agent_") or name == "go_agent_1"]
