"""What a terminal operation gave back, from the forms in which it is recorded (reducer rules §9.4)."""

from __future__ import annotations

from typing import Any

from tui.model.objects import TerminalOperationKind, TerminalResult
from tui.reducer import jsontext
from tui.reducer.problem import Problem

_NO_RESULT = "exit code and output of the operation are unknown"


def parse_result(kind: TerminalOperationKind, payload: Any, payload_id: str) -> tuple[str | None, TerminalResult]:
    """Process id (if known) and result; raises `Problem` for a payload of none of the known forms."""
    protocol = _protocol_result(payload)
    if protocol is not None:
        return protocol
    dispatch = _dispatch_result(payload) if kind == "write_stdin" and not _has_wide_integer(payload) else None
    if dispatch is not None:
        return None, dispatch
    form = "exec" if kind == "exec_command" else "write_stdin"
    raise Problem("payload-invalid", f"parse {form} terminal response {payload_id}", _NO_RESULT, payload_id)


def is_usual_end(payload: dict[str, Any]) -> bool:
    """Whether a recorded end of a command has the fields that known recorders write."""
    return "aggregated_output" in payload and _protocol_result(payload) is not None


def _protocol_result(payload: Any) -> tuple[str | None, TerminalResult] | None:
    if not isinstance(payload, dict):
        return None
    exit_code, process_id = payload.get("exit_code"), payload.get("process_id")
    output = payload.get("aggregated_output", "")
    if not _is_i32(exit_code) or not isinstance(output, str) or not isinstance(process_id, str | None):
        return None
    return process_id, TerminalResult(exit_code, output, "", None, None, None)


def _dispatch_result(payload: Any) -> TerminalResult | None:
    match payload:
        case {"type": "direct_response", "response_item": item}:
            output = item.get("output") if isinstance(item, dict) else None
            return _plain(_text(output) if _text(output) is not None else jsontext.compact(item).decode())
        case {"type": "code_mode_response", "value": value}:
            return _code_mode_result(value)
        case {"type": "error", "error": str(error)}:
            return TerminalResult(None, "", error, error, None, None)
        case _:
            return None


def _code_mode_result(value: Any) -> TerminalResult:
    if isinstance(value, dict) and isinstance(value.get("output"), str):
        exit_code, tokens = value.get("exit_code"), value.get("original_token_count")
        chunk_id, output = value.get("chunk_id"), value["output"]
        if (
            (exit_code is None or _is_i32(exit_code))
            and (tokens is None or _is_u64(tokens))
            and isinstance(chunk_id, str | None)
        ):
            return TerminalResult(exit_code, output, "", output, tokens, chunk_id)
    text = _text(value)
    return _plain(text if text is not None else jsontext.compact(value).decode())


def _plain(output: str | None) -> TerminalResult:
    return TerminalResult(None, output or "", "", output, None, None)


def _text(value: Any) -> str | None:
    """Readable text of a tool output: a string, the texts of a list, compact JSON of anything else but null."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, list):
        texts = [element.get("text") for element in value if isinstance(element, dict)]
        return "\n".join(text for text in texts if isinstance(text, str)) or None
    return jsontext.compact(value).decode()


def _is_i32(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**31


def _is_u64(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**64


def _has_wide_integer(value: Any) -> bool:
    """Whether an integer in `value` needs more than 64 bits but not more than 128: dispatch forms refuse it (§9.4)."""
    if isinstance(value, dict):
        return any(_has_wide_integer(child) for child in value.values())
    if isinstance(value, list):
        return any(_has_wide_integer(child) for child in value)
    if not isinstance(value, int):
        return False
    fits_64_bits = -(2**63) <= value < 2**64
    return not fits_64_bits and -(2**127) <= value < 2**128
