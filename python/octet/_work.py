"""Long work that Ctrl-C ends, with its progress and its warnings."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any, Callable, Generic, Literal, TypeVar, Union

from octet import _octet

T = TypeVar("T")

# None: nothing is shown. True: a bar by tqdm, where that is installed. Else called as progress(done, total), one call at a time and from
# another thread.
Progress = Union[None, bool, Callable[[int, int], object]]
Callback = Callable[[int, int], bool]
Warn = Callable[[str], None]


class _Bar:
    """A bar of tqdm."""

    def __init__(self, tqdm: Any, what: str) -> None:
        self._bar = tqdm(desc=what, leave=False)

    def __call__(self, done: int, total: int) -> None:
        self._bar.total = total
        self._bar.update(done - self._bar.n)

    def close(self) -> None:
        self._bar.close()


def _shown(progress: Progress, what: str) -> Callable[[int, int], object]:
    if callable(progress):
        return progress
    if progress:
        try:
            from tqdm.auto import tqdm  # type: ignore[import-untyped,unused-ignore]
        except ImportError:
            pass
        else:
            return _Bar(tqdm, what)
    return lambda done, total: None


class _Work(Generic[T]):
    """A call in a thread of its own, since a signal reaches Python's main thread only between its own steps."""

    def __init__(self, call: Callable[[Callback, Warn], T], progress: Callable[[int, int], object]) -> None:
        self._call, self._progress = call, progress
        self._stop, self._done = threading.Event(), threading.Event()
        self._beginning = threading.Lock()  # so that what is told to end either has begun, and is waited for, or never begins
        self._has_begun = False
        self._result: T
        self._raised: BaseException | None = None
        self._warnings: list[str] = []

    def _told(self, done: int, total: int) -> bool:
        if not self._stop.is_set():
            self._progress(done, total)
        return self._stop.is_set()

    def _run(self) -> None:
        with self._beginning:
            if self._stop.is_set():
                return
            self._has_begun = True
        try:
            self._result = self._call(self._told, self._warnings.append)
        except BaseException as raised:  # noqa: BLE001 - raised again by finish()
            self._raised = raised
        finally:
            self._done.set()

    def finish(self) -> T:
        """Runs it. On KeyboardInterrupt the work is told to end, and has ended when the exception leaves."""
        thread = threading.Thread(target=self._run, name="octet")
        try:
            thread.start()  # where Ctrl-C may come, too
            self._done.wait()
        except BaseException:
            with self._beginning:
                self._stop.set()
            if self._has_begun:
                thread.join()
            raise
        thread.join()
        for message in self._warnings:
            warnings.warn(message, stacklevel=4)
        if self._raised is not None:
            raise self._raised
        return self._result


def interruptible(call: Callable[[Callback, Warn], T], progress: Progress, what: str) -> T:
    """What call(progress, warn) returns; Ctrl-C ends it, and its warnings become those of Python."""
    shown = _shown(progress, what)
    try:
        return _Work(call, shown).finish()
    finally:
        if isinstance(shown, _Bar):
            shown.close()
