"""What people come to ask, and the commands that answer it: the first lines of the help.

Those who do not know the program's words type their own into the help or the palette: each question has the words that
lead to it.
"""

from __future__ import annotations

from collections.abc import Callable

from tui.named_tuple import NamedTuple
from tui.viewmodel.lists.commands import Beginning, ListedCommand, Steps

HEADING = "Questions"


class Question(NamedTuple):
    """`commands`: the ids of those to press one behind the other; choosing the question runs all of them.

    `words` are further ones that somebody with this question may type. `about` is the table that has the answer.
    `typed` is to be typed behind the keys. `begins`: where the keys mean that, as in `Steps`.
    """

    text: str
    commands: tuple[str, ...]
    words: str
    about: str = ""
    typed: str = ""
    begins: Beginning = ""

    @property
    def sentence(self) -> str:
        """The question, and what to type."""
        return f"{self.text} Type {self.typed}" if self.typed else self.text


QUESTIONS: tuple[Question, ...] = (
    Question(
        "What was it about, how did it end, with which settings?",
        ("go_first",),
        "overview summary task goal asked result outcome success model version effort sandbox permissions approval cwd",
        begins="timeline",
    ),
    Question(
        "What went wrong, and why?",
        ("next_problem", "explain_why"),
        "error fail failure crash exception broken bug cause reason exit code abort timeout",
    ),
    Question(
        "Which problems are there in all?",
        ("list_problems",),
        "errors failures problems warnings list damage lost retry",
    ),
    Question(
        "Which request produced this call or output?",
        ("explain_why",),
        "cause origin came from made asked issued reason parent",
    ),
    Question(
        "What did the model see of this output?",
        ("go_pair",),
        "truncated truncation cut missing seen tool result stdout",
    ),
    Question(
        "Which tools did the model have?",
        ("focus_next_pane", "go_first"),
        "tool list function functions definitions mcp available namespace schema description",
        begins="timeline",
    ),
    Question(
        "On a request: what did the model get, prompt and items?",
        ("focus_next_pane",),
        "instructions system developer settings tools sent answer response reply reasoning thinking messages read",
        begins="request",
    ),
    Question(
        "What did a compaction drop?",
        ("search_here",),
        "compact compacted drop dropped gone summary summarised forgot forgotten lost history",
        typed="compaction",
    ),
    Question(
        "How full is the context window?",
        ("show_statistics",),
        "limit size tokens full usage sparkline maximum",
        about="Agents",
    ),
    Question(
        "Where do the tokens go, agent by agent?",
        ("pick_agent",),
        "cost price money dollars expensive spent cached usage budget per",
    ),
    Question(
        "Which requests missed the cache, and why?",
        ("show_statistics", "change_order"),
        "prompt cached caching hit miss percent expensive cause table sort order",
        about="Requests",
    ),
    Question(
        "On a request: why did the prompt cache miss?",
        ("compare_requests",),
        "cached caching hit expensive prefix changed",
        begins="request",
    ),
    Question(
        "Which requests were cached least?",
        ("filter_rows",),
        "prompt cached hit miss percent expensive",
        typed="cached<50",
    ),
    Question(
        "Which tool or program is slow?",
        ("show_statistics",),
        "slowest duration latency p95 command fast long sort total",
    ),
    Question(
        "What decided how long it took?",
        ("show_time",),
        "slow time critical path parallel lanes gantt waterfall timeline bottleneck",
    ),
    Question(
        "Which agent is stuck, and on what?",
        ("pick_agent",),
        "hang hanging hung waiting idle dead blocked alive running subagent child spawned killed",
    ),
    Question(
        "Who told an agent to do something?",
        ("show_ladder",),
        "message messages spawn delegate sent receive answer arrive arrived communication sequence children",
    ),
    Question("How do I follow this agent?", ("follow_newest",), "live tail watch running new latest scroll auto child"),
    Question(
        "Where does a text occur in all of this?",
        ("search_everywhere",),
        "find grep search everywhere payload places occurrences",
    ),
    Question(
        "What did it change? The diff of a patch.",
        ("search_here",),
        "changes changed edit edited modified apply_patch line lines numbers added removed",
        typed="patch",
    ),
    Question("How do I find a command, a tool, a script?", ("search_here",), "find search web shell mcp patch"),
    Question("How do I hide the rest?", ("filter_rows",), "filter only show kind select where query"),
    Question("How was it at an earlier moment?", ("ask_moment",), "past history time travel then state snapshot when"),
    Question(
        "Where does another run differ?", ("compare_recordings",), "diff compare comparison regression two versus other"
    ),
    Question(
        "Where are pictures? O saves one.",
        ("search_everywhere",),
        "image images png jpeg photo screenshot look view download show open save",
        typed="image/",
    ),
    Question(
        "On a picture: how do I open or save it?",
        ("open_external",),
        "image images png jpeg photo screenshot pager editor look view download show",
    ),
    Question(
        "How do I send this place to somebody?",
        ("copy_path",),
        "share link url copy paste clipboard path yank permalink colleague",
    ),
    Question("How do I write a note here?", ("write_note",), "annotate annotation comment bookmark mark remember text"),
    Question(
        "How do I hand this to others?",
        ("export_part",),
        "export share html markdown otlp perfetto redact secrets save file jaeger spans",
    ),
    Question(
        "What is behind this row, as recorded?",
        ("open_external",),
        "raw json payload bytes body evidence pager less editor open whole",
    ),
    Question(
        "How do I read one pane on the whole screen?",
        ("zoom_pane",),
        "zoom big large full screen window maximise whole text long",
    ),
    Question("At what time of day was this?", ("switch_times",), "clock utc local timezone date wall timestamp"),
    Question("How do I get back?", ("go_back",), "return previous undo history"),
)


def listed_questions(first_key: Callable[[str], str]) -> list[ListedCommand]:
    """The questions as lines of help; `first_key` gives the key that reaches a command now, empty for none."""
    return [
        ListedCommand(
            "  ".join(map(first_key, question.commands)),
            question.sentence,
            HEADING,
            question.commands[0],
            words=question.words,
            steps=Steps(question.commands, question.about, question.typed, question.begins),
        )
        for question in QUESTIONS
        if all(map(first_key, question.commands))
    ]


def words_of(command_id: str) -> str:
    """The words of all questions that a command answers."""
    return " ".join(f"{one.text} {one.words}" for one in QUESTIONS if command_id in one.commands)
