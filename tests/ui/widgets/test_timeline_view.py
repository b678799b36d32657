"""The timeline pane: the model's place is the screen's place, and only news is told."""

from __future__ import annotations

from rich.style import Style
from textual.app import App, ComposeResult

from tests.ui.widgets.test_row_view import painted
from tests.viewmodel.test_timeline import ROW, two_agents
from tui.analysis.index.trace_index import TraceIndex
from tui.model.ids import ThreadId
from tui.model.noderef import NodeRef
from tui.ui.widgets.timeline_view import TimelineView
from tui.viewmodel.rows.moves import Move
from tui.viewmodel.timeline.model import TimelineModel


class TimelineApp(App[None]):
    CSS = "TimelineView { width: 60; }"

    def __init__(self) -> None:
        super().__init__()
        self.graph = two_agents()
        model = TimelineModel(self.graph.trace, TraceIndex(self.graph.trace))
        self.view = TimelineView(model, style_for=lambda _name: Style.null())
        self.told: list[object] = []

    def compose(self) -> ComposeResult:
        yield self.view

    def on_timeline_view_node_highlighted(self, event: TimelineView.NodeHighlighted) -> None:
        self.told.append(event.node)

    def on_timeline_view_follow_changed(self, event: TimelineView.FollowChanged) -> None:
        self.told.append(event.is_following)

    def on_timeline_view_edge_entered(self, event: TimelineView.EdgeEntered) -> None:
        self.told.append(("edge", event.node))

    def grow(self) -> None:
        delta = self.graph.take_delta()
        self.view.model.index.update(delta)
        self.view.apply(delta)


def line(view: TimelineView, y: int) -> str:
    return view.render_line(y).text


async def test_a_move_tells_the_new_object_once():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.view.perform(Move.MOVE_DOWN, 2)
        app.view.perform(Move.ZOOM_TIME_IN)
        await pilot.pause()
        assert app.told == [NodeRef("inference", "call 1")]
        assert app.view.cursor == app.view.model.cursor == 2


async def test_bars_come_on_demand_and_with_the_zoom_that_they_show():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)):
        assert "▓" not in line(app.view, 0)
        app.view.perform(Move.TOGGLE_TIME_BAR)
        assert "▓" in line(app.view, 0)
        app.view.perform(Move.TOGGLE_TIME_BAR)
        assert "▓" not in line(app.view, 0)
        app.view.perform(Move.ZOOM_TIME_IN)
        assert "▓" in line(app.view, 0)
        assert " · bars 0.325s–1.075s " in str(app.view.border_title)
        app.view.perform(Move.ZOOM_TIME_OUT)
        assert "bars" not in str(app.view.border_title)


async def test_a_filter_that_nothing_passes_says_how_to_leave_it():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)):
        app.view.set_filter("no such row")
        assert line(app.view, 0).strip() == "No row matches the filter; Esc takes it away."
        app.view.set_filter("")
        assert "No row" not in line(app.view, 0)


async def test_folding_keeps_the_screen_on_the_cursor():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)):
        app.view.move_cursor(ROW["command"])
        app.view.perform(Move.FOLD_ALL)
        assert app.view.cursor == app.view.model.cursor
        assert "child" in line(app.view, 1)
        assert app.view.row_count() == 2


async def test_enter_follows_an_edge_and_folds_elsewhere():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.view.move_cursor(ROW["spawn"])
        app.view.perform(Move.ACTIVATE)
        await pilot.pause()
        assert app.told[-1] == ("edge", NodeRef("tool_call", "spawn"))
        app.view.move_cursor(ROW["turn"])
        app.view.perform(Move.ACTIVATE)
        assert app.view.row_count() == 8


async def test_rows_that_land_above_leave_the_line_under_the_cursor_where_it_is():
    app = TimelineApp()
    async with app.run_test(size=(60, 8)) as pilot:
        app.view.move_cursor(ROW["call 3"])
        await pilot.pause()
        place = app.view.cursor - app.view.top
        app.graph.tool("late", "child turn")
        app.grow()
        assert app.view.model.focused == NodeRef("inference", "call 3")
        assert app.view.cursor - app.view.top == place
        assert app.view.new_rows == 1


async def test_nothing_is_painted_when_nothing_visible_changed():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.pause()
        painted(app.view)
        app.graph.touch("tool_calls", "command")
        app.grow()
        app.view.tick(0)
        assert painted(app.view) == set()


async def test_following_is_told_and_ends_with_a_step_up():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)) as pilot:
        app.view.follow()
        app.graph.tool("newest", "turn 2", status="running")
        app.grow()
        await pilot.pause()
        assert app.view.model.focused == NodeRef("tool_call", "newest")
        app.view.perform(Move.MOVE_UP)
        await pilot.pause()
        assert [one for one in app.told if isinstance(one, bool)] == [True, False]


async def test_axis_over_the_bars_grows_while_one_follows():
    app = TimelineApp()
    async with app.run_test(size=(100, 20)):
        app.view.styles.width = 100
        app.view.perform(Move.TOGGLE_TIME_BAR)
        app.view.follow()
        before = str(app.view.border_title)
        app.graph.seq += 100
        app.graph.tool("newest", "turn 2", status="running")
        app.grow()
        after = str(app.view.border_title)
        app.view.rows_changed()
        assert after != before
        assert after == str(app.view.border_title)


async def test_a_click_on_the_fold_mark_folds():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)) as pilot:
        await pilot.click(TimelineView, offset=(2, 1))
        assert app.view.model.focused == NodeRef("turn", "turn")
        assert app.view.row_count() == 8
        for beside_the_mark in (0, 20):
            await pilot.click(TimelineView, offset=(beside_the_mark, 1))
            assert app.view.row_count() == 8


async def test_back_to_a_stance_brings_back_cursor_folding_and_screen():
    app = TimelineApp()
    async with app.run_test(size=(60, 6)) as pilot:
        app.view.move_cursor(ROW["command"])
        await pilot.pause()
        stance, top = app.view.model.folding(), app.view.top
        app.view.perform(Move.FOLD_ALL)
        app.view.perform(Move.GO_FIRST)
        app.view.restore(stance)
        assert (app.view.cursor, app.view.top) == (ROW["command"], top)


async def test_a_filter_shows_matches_and_undoes_itself():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)):
        app.view.set_filter("false")
        assert app.view.row_count() == ROW["command"] + 1
        app.view.set_filter("")
        assert app.view.row_count() == len(ROW)


async def test_another_recording_takes_the_place_of_the_first():
    app = TimelineApp()
    async with app.run_test(size=(60, 20)):
        app.view.move_cursor(5)
        graph = two_agents()
        graph.trace.threads.pop(ThreadId("child"))
        app.view.show_model(TimelineModel(graph.trace, TraceIndex(graph.trace)))
        assert app.view.cursor == 0
        assert list(app.view.breadcrumb()) == ["/root"]
