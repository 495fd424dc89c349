"""Installations to kill, and a tally of how they fared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.kill.installation import Beginnings
from tests.stores import Templates

TALLIES = ("kills", "letters of unknown fate", "processes that stood still")


@pytest.fixture(scope="session")
def beginnings(store_templates: Templates, tmp_path_factory: pytest.TempPathFactory) -> Beginnings:
    """Week one, made once."""
    return Beginnings(store_templates, tmp_path_factory.mktemp("week-one"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says how often programs were killed, and of how many letters nobody can tell whether they arrived."""
    counted: Counter[str] = Counter()
    for name, number in _properties(terminalreporter):
        counted[name] += number
    if counted:
        terminalreporter.write_line(", ".join(f"{name}: {counted[name]}" for name in TALLIES))


def _properties(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, int]]:
    for reports in reporter.stats.values():
        for report in reports:
            if isinstance(report, pytest.TestReport) and report.when == "call":
                yield from ((name, int(str(number))) for name, number in report.user_properties if name in TALLIES)
