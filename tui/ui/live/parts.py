"""All that goes on behind the panes, in one record."""

from __future__ import annotations

from tui.named_tuple import NamedTuple
from tui.ui.live.agent_tally import AgentTally
from tui.ui.live.announcer import Announcer
from tui.ui.live.arrival import Arrival
from tui.ui.live.everywhere_walk import EverywhereWalk
from tui.ui.live.filter_run import FilterRun
from tui.ui.live.ladder_keep import LadderKeep
from tui.ui.live.notes import Notes
from tui.ui.live.pane_search import PaneSearch
from tui.ui.live.problem_tally import ProblemTally
from tui.ui.live.rebuild import Rebuild
from tui.ui.live.recall import Recall
from tui.ui.live.row_signs import Signs
from tui.ui.live.status import Status
from tui.ui.live.time_keep import TimeKeep
from tui.ui.live.way_back import WayBack
from tui.ui.selection import Selection


class LiveParts(NamedTuple):
    """Each of them knows only what its constructor was given."""

    selection: Selection
    search: PaneSearch
    everywhere: EverywhereWalk
    filtering: FilterRun
    agents: AgentTally
    problems: ProblemTally
    ladder: LadderKeep
    times: TimeKeep
    rebuild: Rebuild
    recall: Recall
    arrival: Arrival
    notes: Notes
    signs: Signs
    status: Status
    announcer: Announcer
    way_back: WayBack
