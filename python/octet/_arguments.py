"""Arguments as the binary module takes them, each checked where a person can read what is wrong."""

from __future__ import annotations

import operator
import os
from collections.abc import Mapping
from typing import Any, Union

Path = Union[str, "os.PathLike[str]"]


def whole_number(value: Any, name: str, highest: int) -> int:
    """0 to `highest`. Raises TypeError for what is no integer, ValueError for one out of range."""
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} is a whole number, not {type(value).__name__}") from None
    if not 0 <= number <= highest:
        raise ValueError(f"{name} is {number}, not 0 to {highest}")
    return number


def threads_of(value: Any) -> int:
    return whole_number(value, "threads", 1024)


def count_of(value: Any, name: str) -> int:
    return whole_number(value, name, 2**63 - 1)


def choice_of(value: Any, name: str, choices: Mapping[str, int]) -> int:
    """The number that a word stands for. Raises ValueError for another word, TypeError for what is none."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a word, not {type(value).__name__}")
    if value not in choices:
        raise ValueError(f"{name} is {value!r}, not {' or '.join(map(repr, choices))}")
    return choices[value]


def number_of(value: Any, name: str, highest: float) -> float:
    """0 to `highest`. Raises TypeError for what is no number, ValueError for one out of range."""
    try:
        number = float(value)
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"{name} is a number, not {value!r}") from None
    if not 0 <= number <= highest:
        raise ValueError(f"{name} is {number:g}, not 0 to {highest}")
    return number


def points_of(value: Any, name: str) -> float:
    """0 to 100, or -1 for None. Raises TypeError for what is no number, ValueError for one out of range."""
    return -1 if value is None else number_of(value, name, 100)


def seconds_of(value: Any, name: str) -> float:
    """How long to measure, a day at most. Raises TypeError for what is no number, ValueError for one out of range."""
    return number_of(value, name, 86400)


def score_of(value: Any) -> float:
    """A threshold of scores, 0 to 1. Raises TypeError for what is no number, ValueError for one out of range."""
    return number_of(value, "score_threshold", 1)


def words_of(value: Any, name: str) -> bytes:
    """A text as the library takes it. Raises TypeError for what is none, ValueError for one with a null byte."""
    if not isinstance(value, str):
        raise TypeError(f"{name} is a text, not {type(value).__name__}")
    if "\0" in value:
        raise ValueError(f"{name} is no text: {value!r}")
    return value.encode("utf-8", "surrogateescape")


def list_of(values: Any, name: str) -> list[bytes]:
    """Several texts. Raises TypeError for what is no sequence of them, a single text included."""
    if isinstance(values, (str, bytes)):
        raise TypeError(f"{name} is a sequence of texts, not one")
    return [words_of(value, name) for value in values]


def detections_of(values: Any) -> tuple[int, int, int]:
    """Three numbers of detections; whether they rise the library asks. Raises TypeError, ValueError."""
    few, some, most = _numbers_of(values, "max_detections", 3)
    return (whole_number(few, "max_detections", 65535), whole_number(some, "max_detections", 65535),
            whole_number(most, "max_detections", 65535))


def areas_of(values: Any) -> tuple[float, float]:
    """Two areas; whether they rise the library asks. Raises TypeError, ValueError."""
    medium, large = _numbers_of(values, "area_limits", 2)
    try:
        return (float(medium), float(large))
    except (TypeError, ValueError):
        raise TypeError(f"area_limits are numbers, not {values!r}") from None


def _numbers_of(values: Any, name: str, count: int) -> tuple[Any, ...]:
    try:
        numbers = tuple(values)
    except TypeError:
        raise TypeError(f"{name} are {count} numbers, not {type(values).__name__}") from None
    if len(numbers) != count:
        raise ValueError(f"{name} are {count} numbers, not {len(numbers)}")
    return numbers


def path_of(value: Path, name: str) -> bytes:
    """As the system takes it. Raises TypeError for what is no path, ValueError for an empty one or one with a null byte."""
    try:
        path = os.fsencode(value)
    except TypeError:
        raise TypeError(f"{name} is a path, not {type(value).__name__}") from None
    if not path or b"\0" in path:
        raise ValueError(f"{name} is no path: {value!r}")
    return path


def optional_path_of(value: Path | None, name: str) -> bytes | None:
    return None if value is None else path_of(value, name)
