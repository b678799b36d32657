"""Marks and notes: a letter for a place, a word for the letter, a text for an object; and the list of them all."""

from __future__ import annotations

from tui.ui.command import CommandGroup, Press
from tui.ui.commands.copying import place_here
from tui.ui.commands.in_lists import tools_of
from tui.ui.workspace import Workspace
from tui.viewmodel.frame.keys import ANY_LETTER

commands = CommandGroup[Workspace]("Marks")

LONGEST_WORD = 60
"""Characters of what a mark is called."""


@commands.add(f"m {ANY_LETTER}", "Mark this place with a letter; once more gives the mark a word")
def set_mark(work: Workspace, press: Press) -> None:
    """Remember this place under a letter; where the mark is here already, ask what to call it."""
    letter, here, before = press.letter, work.travel.here(), work.travel.marks.get(press.letter)
    work.travel.marks[letter] = here
    if before is not None and before[:2] == here[:2]:
        _ask_word(work, letter)
        return
    work.travel.mark_words.pop(letter, None)
    work.live.signs.refresh()
    work.footer.say(f"marked as {letter}; '{letter} comes back here, m{letter} again gives it a word")


def _ask_word(work: Workspace, letter: str) -> None:
    words = work.travel.mark_words

    def done(text: str | None) -> None:
        if text is not None:
            words[letter] = text.strip()[:LONGEST_WORD]
            work.footer.say(f"mark {letter}: {words[letter]}" if words[letter] else f"mark {letter} has no word")

    work.footer.ask(f"mark {letter}, in a word", words.get(letter, ""), lambda _text: "Enter keeps it", done)


@commands.add(f"' {ANY_LETTER}", "Go to the mark with that letter")
def go_to_mark(work: Workspace, press: Press) -> None:
    """Go to the place marked with a letter."""
    place = work.travel.marks.get(press.letter)
    if place is None:
        work.footer.say(f"nothing is marked as {press.letter}; m{press.letter} marks this place", "warning")
        return
    work.travel.history.leave(work.travel.here())
    work.travel.return_to(place)


@commands.add("M", "Write a note here, or change it; without a text it goes")
def write_note(work: Workspace, _press: Press) -> None:
    """Write a note at what the cursor is on. It is kept beside the remembered places, never in the bundle."""
    place = place_here(work)
    if place is None:
        work.footer.say("select an object first: a note belongs to one", "warning")
        return

    before = work.live.notes.at(place)

    def changed(text: str) -> str:
        if text.strip():
            return "Enter keeps it"
        return "Enter removes it" if before else "type a text"

    def done(text: str | None) -> None:
        if text is None:
            return
        trouble = work.live.notes.write(place, text.strip())
        work.live.signs.refresh()
        work.footer.say(trouble or ("noted; '' lists notes and marks" if text.strip() else "no note here"), "")

    work.footer.ask("note", before, changed, done, check=_too_long)
    work.footer.remark(changed(before))


def _too_long(text: str) -> str:
    from tui.bundle.disk.notes import LONGEST_NOTE

    return f"a note has at most {LONGEST_NOTE:,} characters" if len(text) > LONGEST_NOTE else ""


@commands.add("' '", "List marks and notes")
def list_marks(work: Workspace, _press: Press) -> None:
    """Choose among all marks and notes."""
    from tui.ui.lists.picker import PickerScreen
    from tui.viewmodel.lists.marks import MarkChoice, NoteChoice, mark_entries, note_entries

    trace, index, travel = work.store.trace, work.store.index, work.travel
    entries = mark_entries(trace, index, travel.marks, travel.mark_words)
    entries += note_entries(trace, index, work.live.notes.all())

    def go(choice: object) -> None:
        if isinstance(choice, MarkChoice):
            go_to_mark(work, Press(letter=choice.letter))
        elif isinstance(choice, NoteChoice):
            left = work.travel.here()
            if work.live.arrival.go_to(choice.place):
                work.travel.history.leave(left)

    empty = "no marks and no notes yet; ma marks a place, M writes a note"
    work.host.app.push_screen(PickerScreen("Marks and notes", entries, tools_of(work), empty=empty), go)
