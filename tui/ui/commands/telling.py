"""What can be said about any object of a recording: everything linked with it, and why it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tui.model.noderef import NodeRef
from tui.ui.workspace import Workspace

if TYPE_CHECKING:
    from tui.ui.lists.why import Explain
    from tui.viewmodel.lists.why import Gathering


def links_of(work: Workspace) -> Explain:
    """Shows what is linked with a node."""

    def tell(node: NodeRef) -> tuple[str, Gathering]:
        from tui.viewmodel.lists.why import WhyLayout, link_entries, links_title

        trace, index = work.store.trace, work.store.index
        layout = WhyLayout(work.panes.measure, work.host.size.width)
        return links_title(trace, index, node), link_entries(trace, index, node, layout)

    return tell


def causes_of(work: Workspace) -> Explain:
    """Shows why a node is here, and what followed."""

    def tell(node: NodeRef) -> tuple[str, Gathering]:
        from tui.viewmodel.lists.why import WhyLayout, why_entries, why_title

        trace, index = work.store.trace, work.store.index
        layout = WhyLayout(work.panes.measure, work.host.size.width)
        return why_title(trace, index, node), why_entries(trace, index, node, layout, work.store.payloads.read)

    return tell
