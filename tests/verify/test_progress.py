import io

from verify import plan
from verify.engine import verify
from verify.progress import watcher


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_plain_lines_and_bars_name_the_claim(monkeypatch):
    monkeypatch.setitem(plan.BUDGETS, "quick", 2e5)
    for stream in (io.StringIO(), Terminal()):
        with watcher(stream) as watching:
            verify(["vev.prop4.3"], tier="quick", watcher=watching)
        assert "all checks" in stream.getvalue() or "vev.prop4.3" in stream.getvalue()
