"""The program `octet`, which lies in the binary module."""

from __future__ import annotations

import signal
import sys


def main() -> None:
    # As in a program of its own: a pipe that nobody reads ends it.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    from octet import _octet

    sys.exit(_octet.run_program(["octet", *sys.argv[1:]]))
