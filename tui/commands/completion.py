"""Completion scripts for shells, made from the parsers of the commands: `--print-completion bash`, `zsh`, `fish`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from tui.commands.parsed import Argument, Parsed, Takes

PROGRAM: Final = "rtrace-tui"


def bash_script(commands: Sequence[Parsed]) -> str:
    """For bash 4 and later: `source <(rtrace-tui --print-completion bash)`."""
    names = " ".join(command.name for command in commands if command.name)
    return "\n".join(
        [
            f"# bash completion of {PROGRAM}",
            "_rtrace_tui() {",
            "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=",
            "    (( COMP_CWORD > 1 )) && command=${COMP_WORDS[1]}",
            f'    case " {names} " in *" $command "*) ;; *) command= ;; esac',
            '    case "$command $prev" in',
            *(f"        {line}" for command in commands for line in _bash_values(command)),
            "    esac",
            '    case "$command" in',
            *(f"        {_bash_command(command)}" for command in commands if command.name),
            f"        *) {_bash_viewer(commands)} ;;",
            "    esac",
            "}",
            f"complete -o filenames -F _rtrace_tui {PROGRAM}",
            "",
        ]
    )


def _bash_values(command: Parsed) -> Iterator[str]:
    """What may follow the options that take something."""
    for option in command.options:
        if option.takes != "nothing":
            patterns = "|".join(f"'{command.name} {flag}'" for flag in option.flags)
            yield f"{patterns}) {_bash_words(option.takes, option.words)}; return ;;"


def _bash_words(takes: Takes, words: Sequence[str]) -> str:
    kinds = {"directory": "-d", "file": "-f", "words": f"-W {_quoted(' '.join(words))}", "text": "-W ''"}
    return f'mapfile -t COMPREPLY < <(compgen {kinds[takes]} -- "$cur")'


def _bash_command(command: Parsed) -> str:
    flags = " ".join(flag for option in command.options for flag in option.flags)
    first = command.positionals[0] if command.positionals else None
    other = _bash_words(first.takes, first.words) if first is not None else ":"
    return f"{command.name}) if [[ $cur == -* ]]; then {_bash_words('words', [flags])}; else {other}; fi ;;"


def _bash_viewer(commands: Sequence[Parsed]) -> str:
    names = [command.name for command in commands if command.name]
    flags = [flag for command in commands if not command.name for option in command.options for flag in option.flags]
    return (
        f"if [[ $cur == -* ]]; then {_bash_words('words', flags)}; "
        f'else mapfile -t COMPREPLY < <(compgen -W {_quoted(" ".join(names))} -- "$cur"; compgen -d -- "$cur"); fi'
    )


def zsh_script(commands: Sequence[Parsed]) -> str:
    """For zsh: a file `_rtrace-tui` in a folder of `$fpath`, or sourced once `compinit` has run."""
    viewer = next(command for command in commands if not command.name)
    named = [command for command in commands if command.name]
    return "\n".join(
        [
            f"#compdef {PROGRAM}",
            "_rtrace_tui() {",
            "    if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then",
            "        local -a commands",
            "        commands=(",
            *(f"            {_quoted(f'{command.name}:{command.about}')}" for command in named),
            "        )",
            "        _describe command commands",
            "        _files -/",
            "        return",
            "    fi",
            "    case $words[2] in",
            *(f"        {one.name}) shift words; (( CURRENT-- )); {_zsh_arguments(one)} ;;" for one in named),
            f"        *) {_zsh_arguments(viewer)} ;;",
            "    esac",
            "}",
            "if [[ $funcstack[1] == _rtrace_tui ]]; then",
            '    _rtrace_tui "$@"',
            "else",
            f"    compdef _rtrace_tui {PROGRAM}",
            "fi",
            "",
        ]
    )


def _zsh_arguments(command: Parsed) -> str:
    return " ".join(["_arguments", *map(_quoted, _zsh_specs(command))])


def _zsh_specs(command: Parsed) -> Iterator[str]:
    for option in command.options:
        about = _zsh_text(option.about)
        for flag in option.flags:
            star = "*" if option.is_repeated else ""
            yield f"{star}{flag}[{about}]" + ("" if option.takes == "nothing" else _zsh_value(option))
    for argument in command.positionals:
        yield f":{':' * argument.is_optional}{_zsh_value(argument).removeprefix(':')}"


def _zsh_value(argument: Argument) -> str:
    words = " ".join(argument.words)
    values = {"directory": "_files -/", "file": "_files", "words": f"({words})", "text": " "}
    return f":{_zsh_text(argument.metavar)}:{values.get(argument.takes, ' ')}"


def _zsh_text(text: str) -> str:
    return "".join(f"\\{character}" if character in "[]:\\" else character for character in _one_line(text))


def fish_script(commands: Sequence[Parsed]) -> str:
    """For fish: a file `rtrace-tui.fish` in `~/.config/fish/completions`."""
    lines = [f"# fish completion of {PROGRAM}", f"complete -c {PROGRAM} -f"]
    for command in commands:
        condition = f"__fish_seen_subcommand_from {command.name}" if command.name else "__fish_use_subcommand"
        start = f"complete -c {PROGRAM} -n {_quoted(condition)}"
        if command.name:
            where = _quoted("__fish_use_subcommand")
            lines.append(f"complete -c {PROGRAM} -n {where} -a {command.name} -d {_quoted(command.about)}")
        lines += [f"{start} {_fish_option(option)}" for option in command.options]
        if any(argument.takes == "directory" for argument in command.positionals):
            lines.append(f"{start} -a '(__fish_complete_directories)'")
        lines += [
            f"{start} -a {_quoted(' '.join(argument.words))}"
            for argument in command.positionals
            if argument.takes == "words"
        ]
    return "\n".join([*lines, ""])


def _fish_option(option: Argument) -> str:
    flags = " ".join(f"-l {flag[2:]}" if flag.startswith("--") else f"-s {flag[1:]}" for flag in option.flags)
    values = {
        "nothing": "",
        "directory": " -x -a '(__fish_complete_directories)'",
        "file": " -r -F",
        "words": f" -x -a {_quoted(' '.join(option.words))}",
        "text": " -x",
    }
    about = _one_line(option.about)
    if option.takes == "words":  # fish shows it beside each word
        about = option.metavar.lower()
    return f"{flags}{values[option.takes]} -d {_quoted(about)}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _quoted(text: str) -> str:
    """In single quotes, for all three shells."""
    return "'" + text.replace("'", "'\"'\"'") + "'"


SHELLS: Final[Mapping[str, Callable[[Sequence[Parsed]], str]]] = {
    "bash": bash_script,
    "zsh": zsh_script,
    "fish": fish_script,
}
"""Shell → what makes its script."""
