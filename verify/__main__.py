"""`python -m verify`, the same as the command `depthlaws`."""

from __future__ import annotations

import sys


def main() -> int:
    """Entry point of the console script; the heavy imports wait inside the commands."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # an ASCII terminal shows what it can
            reconfigure(errors="backslashreplace")
    try:
        from verify.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # before the command began, or for the second time
        return 130


if __name__ == "__main__":
    sys.exit(main())
