"""`python -m verify`, the same as the command `depthlaws`."""

from __future__ import annotations

import sys


def main() -> int:
    """Entry point of the console script; the heavy imports wait inside the commands."""
    from verify.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
