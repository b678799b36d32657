"""The row tree always agrees with a plain walk over its nodes, whatever is inserted, moved, folded or filtered."""

from __future__ import annotations

import random
from contextlib import nullcontext
from itertools import islice

import pytest

from tui.model.noderef import NodeRef
from tui.viewmodel.rows import weights as row_weights
from tui.viewmodel.rows.branch import MAX_ENTRIES, Branch, RowNode
from tui.viewmodel.rows.tree import RowTree


def node(name: str, key: int = 0, *, frame: bool = False, folded: bool = False) -> RowNode:
    return RowNode(NodeRef("thread" if frame else "tool_call", name), key, is_frame=frame, folded=folded)


def visible_rows(tree: RowTree) -> list[RowNode]:
    """The visible rows by the rule of the module, computed the slow way."""
    rows: list[RowNode] = []

    def walk(parent: RowNode, lean: bool) -> None:
        for child in parent.children.children() if parent.children else ():
            if not child.is_shown:
                continue
            if child.is_frame or not lean:
                rows.append(child)
            if not child.hides_all:
                walk(child, child.folded or (lean and not child.is_frame))

    walk(tree.root, False)
    return rows


def names(tree: RowTree) -> list[str]:
    return [node.ref.id for row in range(tree.row_count) if (node := tree.node_at(row)) is not None]


def agents() -> tuple[RowTree, dict[str, RowNode]]:
    """An agent whose turn holds a call; the call's tool spawned another agent with a turn of its own."""
    tree = RowTree()
    made = {
        name: node(name, frame=name.startswith("agent"))
        for name in ("agent", "turn", "call", "tool", "agent 2", "turn 2")
    }
    parent = None
    for one in made.values():
        tree.insert(one, parent)
        parent = one
    return tree, made


def test_a_folded_turn_still_shows_the_agents_spawned_in_it():
    tree, made = agents()
    tree.set_folded(made["turn"], True)
    assert names(tree) == ["agent", "turn", "agent 2", "turn 2"]
    assert [one.ref.id for one in tree.visible_above(made["turn 2"])] == ["agent", "turn", "agent 2"]


def test_a_folded_agent_shows_nothing_below_it():
    tree, made = agents()
    tree.set_folded(made["agent"], True)
    assert names(tree) == ["agent"]


def test_folding_everything_leaves_the_agents():
    tree, made = agents()
    tree.set_all_folded(True)
    assert names(tree) == ["agent", "agent 2"]
    tree.set_folded(made["agent"], False)
    assert names(tree) == ["agent", "turn", "agent 2"]
    tree.set_folded(made["agent"], True)
    tree.keep_frames(made["agent"], False)
    assert names(tree) == ["agent"]
    tree.set_all_folded(False)
    assert len(names(tree)) == 6


def test_a_hidden_node_is_represented_by_the_lowest_visible_one_above():
    tree, made = agents()
    tree.set_folded(made["turn"], True)
    assert tree.visible(made["tool"]) is made["turn"]
    assert tree.visible(made["turn 2"]) is made["turn 2"]
    tree.set_folded(made["agent"], True)
    assert tree.visible(made["turn 2"]) is made["agent"]


def test_a_filter_shows_matches_and_the_way_to_them_and_undoes_its_unfolding():
    tree, made = agents()
    tree.set_folded(made["call"], True)
    tree.set_filter(lambda ref: ref.id == "tool")
    assert names(tree) == ["agent", "turn", "call", "tool"]
    tree.set_filter(None)
    assert made["call"].folded


def test_a_row_that_comes_to_match_appears_with_the_way_to_it():
    tree, made = agents()
    matching = {"agent"}
    tree.set_filter(lambda ref: ref.id in matching)
    assert names(tree) == ["agent"]
    matching.add("tool")
    tree.rematch(made["tool"])
    assert names(tree) == ["agent", "turn", "call", "tool"]
    matching.discard("tool")
    tree.rematch(made["tool"])
    assert names(tree) == ["agent"]


def test_problems_count_in_reading_order_also_in_folded_parts():
    tree, made = agents()
    tree.set_all_folded(True)
    for name in ("call", "turn 2"):
        tree.set_problem(made[name], True)
    assert [tree.problems_until(made[name]) for name in ("turn", "call", "tool", "turn 2")] == [0, 0, 1, 1]
    assert tree.problem_count == 2
    assert made["turn"].problems == 2


def test_rows_come_in_the_order_of_their_keys_equal_keys_in_the_order_of_arrival():
    tree = RowTree()
    for name, key in (("b", 2), ("a", 1), ("c", 3), ("b2", 2), ("first", 0)):
        tree.insert(node(name, key))
    assert names(tree) == ["first", "a", "b", "b2", "c"]


def test_many_children_keep_every_branch_small():
    tree = RowTree()
    for number in range(20 * MAX_ENTRIES):
        tree.insert(node(str(number), number))
    assert names(tree) == [str(number) for number in range(20 * MAX_ENTRIES)]
    assert tree.root.children is not None
    assert len(tree.root.children.entries) <= MAX_ENTRIES


def test_what_changes_in_one_go_is_weighed_once_on_the_way_up(monkeypatch):
    tree, parent, depth = RowTree(), None, 200
    weighed = []
    monkeypatch.setattr(row_weights, "weigh", lambda node, weigh=row_weights.weigh: (weighed.append(node), weigh(node)))
    with tree.held():
        for number in range(depth):
            below = node(str(number), number)
            tree.insert(below, parent)
            tree.set_problem(below, has_problem=True)
            parent = below
    assert len(weighed) == depth + 1
    assert (tree.row_count, tree.problem_count) == (depth, depth)


def test_rows_of_a_deep_screen_are_reached_in_one_walk(monkeypatch):
    tree, parent, depth = RowTree(), None, 300
    for number in range(depth):
        below = node(str(number), number)
        tree.insert(below, parent)
        parent = below
    steps = []
    monkeypatch.setattr(Branch, "at", lambda *given, at=Branch.at: (steps.append(1), at(*given))[1])
    shown = [(one.ref.id, at) for one, at in islice(tree.rows_from(depth - 50), 60)]
    assert shown == [(str(number), number) for number in range(depth - 50, depth)]
    assert len(steps) <= depth


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("at_once", [1, 7])
def test_any_mix_of_changes_agrees_with_a_plain_walk(seed, at_once):
    chance = random.Random(seed)
    tree = RowTree()
    nodes: list[RowNode] = []
    for start in range(0, 600, at_once):
        with tree.held() if at_once > 1 else nullcontext():
            for step in range(start, start + at_once):
                change(tree, nodes, chance, step, at_once == 1)
        if start % 100 < at_once:
            check(tree)
    tree.set_filter(None)
    check(tree)


def change(tree: RowTree, nodes: list[RowNode], chance: random.Random, step: int, is_weighed: bool) -> None:
    """Change something of the tree; between the steps of a filter it is checked only while it `is_weighed`."""
    action = chance.random()
    one = chance.choice(nodes) if nodes else None
    if action < 0.6 or one is None:
        frame = chance.random() < 0.15
        made = node(f"n{step}", chance.choice((step, chance.randrange(50))), frame=frame, folded=chance.random() < 0.3)
        tree.insert(made, chance.choice([one, one, None]))
        nodes.append(made)
    elif action < 0.75:
        tree.set_folded(one, not one.folded)
        tree.keep_frames(one, one.is_frame and chance.random() < 0.5)
    elif action < 0.85:
        tree.set_problem(one, not one.has_problem)
    elif action < 0.93:
        move(tree, one, chance.choice(nodes))
    elif action < 0.95:
        remove(tree, nodes, one)
    elif action < 0.97:
        tree.set_filter(chance.choice([None, lambda ref: ref.id[-1] in "135"]))
    elif action < 0.98:
        tree.set_all_folded(chance.random() < 0.5)
    elif action < 0.99:
        pause = chance.randrange(2 * len(nodes) + 1)
        for number, _done in enumerate(tree.filter_steps(list(nodes), chance.choice([None, ends_oddly]))):
            if number == pause:
                if is_weighed:
                    check(tree)
                made = node(f"n{step}", step)
                tree.insert(made, one)
                nodes.append(made)
                tree.rematch(one)


def ends_oddly(ref: NodeRef) -> bool:
    return ref.id[-1] in "135"


@pytest.mark.parametrize("wanted", [None, ends_oddly])
@pytest.mark.parametrize("before", [None, lambda ref: ref.id[-1] in "12"])
def test_a_filter_in_steps_leaves_what_a_filter_at_once_leaves(before, wanted):
    trees = []
    for in_steps in (True, False):
        chance, tree, nodes = random.Random(7), RowTree(), list[RowNode]()
        for number in range(300):
            made = node(f"n{number}", number, frame=number % 9 == 0, folded=chance.random() < 0.3)
            tree.insert(made, chance.choice([*nodes, None]))
            nodes.append(made)
        tree.set_filter(before)
        if in_steps:
            done = list(tree.filter_steps(nodes, wanted))
            assert done == sorted(done)
        else:
            tree.set_filter(wanted)
        check(tree)
        trees.append(tree)
    assert names(trees[0]) == names(trees[1])
    for tree in trees:
        tree.set_filter(None)
    assert names(trees[0]) == names(trees[1])


def move(tree: RowTree, one: RowNode, target: RowNode) -> None:
    below = {id(other) for other in tree.walk(one)}
    if target is not one and id(target) not in below:
        tree.remove(one)
        tree.insert(one, target)


def remove(tree: RowTree, nodes: list[RowNode], one: RowNode) -> None:
    gone = {id(other) for other in tree.walk(one)} | {id(one)}
    tree.remove(one)
    nodes[:] = [other for other in nodes if id(other) not in gone]


def check(tree: RowTree) -> None:
    expected = visible_rows(tree)
    assert tree.row_count == len(expected)
    assert [tree.node_at(row) for row in range(len(expected))] == expected
    assert [tree.row_of(one) for one in expected] == list(range(len(expected)))
    depths = [(one, len(tree.visible_above(one))) for one in expected]
    for start in {0, 1, len(expected) // 2, max(0, len(expected) - 1), len(expected)}:
        assert list(tree.rows_from(start)) == depths[start:]
    assert tree.node_at(len(expected)) is None
    everything = list(tree.walk())
    assert tree.shown_count == sum(one.is_shown for one in everything)
    for one in everything:
        below = list(tree.walk(one))
        assert one.problems == sum(other.has_problem for other in below) + one.has_problem
    problems = [one for one in everything if one.has_problem]
    assert [tree.problems_until(one) for one in problems] == list(range(len(problems)))
