"""A real browser for what people look at: Debian's Chromium, headless. A missing one is an error, never a skip."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--hide-scrollbars", "--disable-quic", "--virtual-time-budget=2000",
    "--allow-file-access-from-files",
)  # fmt: skip
_MEASURE = """
<script>addEventListener("load", () => {
  const root = document.documentElement;
  const styles = [...document.querySelectorAll("style, [style]")]
    .map(one => one.getAttribute("style") ?? one.textContent).join(" ");
  const loads = document.querySelectorAll("[src], [srcset], [background], link[href]").length
    + styles.split(/url\\(|@import/).length - 1;
  document.body.innerHTML = `<i id="m">${innerWidth} ${root.scrollWidth} ${root.scrollHeight} ${loads}</i>`;
})</script>"""

# A window has a least width; a frame has none. What the page measured is carried out of the frame.
_FRAME = """
<iframe id="f" src="page.html" width="{width}" height="800" frameborder="0"></iframe>
<script>addEventListener("load", () => {{
  const measured = document.getElementById("f").contentDocument.getElementById("m");
  document.body.append(document.importNode(measured, true));
}})</script>"""


class Seen:
    """How a page stands in a window: its widths and height in CSS pixels, and how many things it would load."""

    def __init__(self, width: int, content_width: int, height: int, loads: int) -> None:
        self.width, self.content_width, self.height, self.loads = width, content_width, height, loads


def look_at(page: str, *, width: int) -> Seen:
    """The page in a frame of this width, measured by the browser itself."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.fail("chromium is missing; `make test` installs it")
    with tempfile.TemporaryDirectory(prefix="browser") as folder:
        outer = Path(folder) / "frame.html"
        (Path(folder) / "page.html").write_text(page.replace("</body>", f"{_MEASURE}</body>"), "utf-8")
        outer.write_text(_FRAME.format(width=width), "utf-8")
        command = [browser, *_FLAGS, f"--user-data-dir={folder}/profile", "--dump-dom", outer.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r'<i id="m">(\d+) (\d+) (\d+) (\d+)</i>', done.stdout)
    assert found is not None, done.stderr[-500:]
    return Seen(*map(int, found.groups()))
