"""A real browser for what people look at: Debian's Chromium, headless. A missing one is an error, never a skip."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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
  const parts = colour => (colour.match(/[\\d.]+/g) ?? []).map(Number);
  const light = colour => parts(colour).slice(0, 3).map(one => one / 255)
    .map(one => one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4)
    .reduce((sum, one, at) => sum + one * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = one => !one ? "rgb(255, 255, 255)"
    : parts(getComputedStyle(one).backgroundColor)[3] === 0 ? ground(one.parentElement)
    : getComputedStyle(one).backgroundColor;
  const contrast = one => {
    const [less, more] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const spoken = [...document.body.querySelectorAll("*")].filter(one => one.localName !== "script"
    && [...one.childNodes].some(each => each.nodeType === 3 && each.data.trim()));
  const least = Math.min(21, ...spoken.map(contrast));
  const night = light(getComputedStyle(document.body).backgroundColor) < 0.18;
  const said = [innerWidth, root.scrollWidth, root.scrollHeight, loads, least.toFixed(2), Number(night)];
  document.body.innerHTML = `<i id="m">${said.join(" ")}</i>`;
})</script>"""

# What the browser asks for itself, whatever it shows.
_OF_BROWSER = re.compile(r"\.(?:google|googleapis|gvt1)\.com(?::443)?(?:/|$)")

# A window has a least width; a frame has none. What the page measured is carried out of the frame.
_FRAME = """
<iframe id="f" src="page.html" width="{width}" height="800" frameborder="0"></iframe>
<script>addEventListener("load", () => {{
  const measured = document.getElementById("f").contentDocument.getElementById("m");
  document.body.append(document.importNode(measured, true));
}})</script>"""


@dataclass(frozen=True, slots=True)
class Seen:
    """How a page stands in a window."""

    width: int  # of the window, in CSS pixels
    content_width: int
    height: int
    loads: int  # how many things it would load
    contrast: float  # of its least legible words, 1 to 21 (WCAG 2.2 §1.4.3)
    by_night: bool  # its ground is dark


def look_at(page: str, *, width: int, dark: bool = False) -> Seen:
    """The page in a frame of this width, for a reader who likes it light or dark, measured by the browser itself."""
    browser = _browser()
    with tempfile.TemporaryDirectory(prefix="browser") as folder:
        outer = Path(folder) / "frame.html"
        (Path(folder) / "page.html").write_text(page.replace("</body>", f"{_MEASURE}</body>"), "utf-8")
        outer.write_text(_FRAME.format(width=width), "utf-8")
        scheme = f"--blink-settings=preferredColorScheme={0 if dark else 1}"
        command = [browser, *_FLAGS, scheme, f"--user-data-dir={folder}/profile", "--dump-dom", outer.as_uri()]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    found = re.search(r'<i id="m">(\d+) (\d+) (\d+) (\d+) ([\d.]+) ([01])</i>', done.stdout)
    assert found is not None, done.stderr[-500:]
    wide, content, height, loads = (int(one) for one in found.groups()[:4])
    contrast, by_night = float(found[5]), found[6] == "1"
    return Seen(wide, content, height, loads, contrast=contrast, by_night=by_night)


def requests_of(page: str) -> list[str]:
    """What a browser asks of anyone when it opens the page: "GET http://…", or "CONNECT host" where that is sealed.

    The page comes from a server that is also the only way out, so nothing is asked unseen. The page's own request and
    its icon's, which every page has, are left out.
    """
    asked: list[str] = []
    own = "http://letter.example.org/"

    class Way(BaseHTTPRequestHandler):
        def handle_one_request(self) -> None:
            line = self.rfile.readline().decode("latin-1").strip()
            while self.rfile.readline().strip():
                pass
            self.close_connection = True
            if line:
                asked.append(line.rpartition(" ")[0])
            if line.startswith(f"GET {own} "):
                body = page.encode()
                head = (
                    f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
                )
                self.wfile.write(head.encode() + body)
            else:
                self.wfile.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Way)
    with server, tempfile.TemporaryDirectory(prefix="browser") as folder:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        ways = [f"--proxy-server=http://127.0.0.1:{server.server_port}", "--proxy-bypass-list=<-loopback>"]
        command = [_browser(), *_FLAGS, *ways, f"--user-data-dir={folder}/profile", "--dump-dom", own]
        subprocess.run(command, capture_output=True, timeout=60, check=True)
        server.shutdown()
        thread.join()
    assert f"GET {own}" in asked
    usual = (f"GET {own}", f"GET {own}favicon.ico", "CONNECT letter.example.org:443")  # the page may be there, sealed
    return [one for one in asked if one not in usual and not _OF_BROWSER.search(one)]


def _browser() -> str:
    browser = shutil.which("chromium")
    if browser is None:
        pytest.fail("chromium is missing; `make test` installs it")
    return browser
