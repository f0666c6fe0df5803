"""Pictures for the README, taken from the running demo: ``.venv/bin/python scripts/pictures.py``.

Starts the demo in a folder of its own, logs in as each role with Chromium and writes docs/pictures/*.png.
Needs what `make test` installs. The demo town and everyone in it is invented.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
CHROMIUM = "/usr/bin/chromium"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
LIST = ROOT / "tests" / "data" / "lists" / "01_市疫情防控办下发重点人员核查名单（4月6日）.xlsx"


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its address and passwords by user name."""

    address: str
    passwords: dict[str, str]
    environment: dict[str, str]


def main() -> None:
    """Write every picture."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demo() as town, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            command(browser, town)
            phone(browser, town)
            desk(browser, town)
            (FOLDER / "bulletin.png").write_bytes(bulletin(town))
        finally:
            browser.close()


@contextmanager
def demo() -> Iterator[Demo]:
    """The demo, in an empty folder, for the length of the block."""
    with tempfile.TemporaryDirectory(prefix="lianfang-pictures-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)  # under root the database runs as another account
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        environment = {**os.environ, "LIANFANG_DATA": folder, "LIANFANG_PORT": port, "PYTHONPATH": str(ROOT / "src")}
        environment.pop("LIANFANG_DATABASE_URL", None)
        command_line = [sys.executable, "-m", "lianfang", "demo", "--json"]
        server = subprocess.Popen(command_line, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            ready = next(event for line in server.stdout if (event := json.loads(line)).get("event") == "ready")
            passwords = {login["username"]: login["password"] for login in ready["logins"]}
            yield Demo(ready["address"], passwords, environment)
        finally:
            server.send_signal(signal.SIGINT)
            server.wait(timeout=60)


def entered(browser: Browser, town: Demo, username: str, size: dict[str, int]) -> Page:
    """A page on which `username` is logged in."""
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto(f"{town.address}/account/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", town.passwords[username])
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def shoot(page: Page, name: str) -> None:
    """Write what the window shows."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.wait_for_timeout(400)  # sheets slide in
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


def command(browser: Browser, town: Demo) -> None:
    """The command page."""
    page = entered(browser, town, "command", DESK)
    shoot(page, "command")


def phone(browser: Browser, town: Demo) -> None:
    """A grid worker's tasks, and the sheet on which a result is recorded."""
    page = entered(browser, town, "grid1", PHONE)
    shoot(page, "phone-tasks")
    page.click("text=记结果 >> nth=0")
    page.wait_for_selector("text=没打通")
    shoot(page, "phone-result")


def desk(browser: Browser, town: Demo) -> None:
    """The review of a doubtful row, and the preview of a list that has just come in."""
    page = entered(browser, town, "desk", DESK)
    page.goto(f"{town.address}/review/")
    shoot(page, "review")
    page.goto(f"{town.address}/lists/new/")
    page.set_input_files("input[name=file]", LIST)
    papers = {
        "sender": "市疫情防控办",
        "title": "重点人员核查名单",
        "issuer": "市疫情防控办",
        "legal_basis": "传染病防治法第三十九条",
    }
    for name, text in papers.items():
        page.fill(f"input[name={name}]", text)
    page.select_option("select[name=purpose]", "arrival")
    page.fill(
        "input[name=deadline]", (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(days=1)).strftime("%Y-%m-%dT18:00")
    )
    page.click("main button:has-text('导入')")
    page.wait_for_url("**/columns/**")
    shoot(page, "list-preview")


PRESS = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "lianfang.settings"
django.setup()
from django.conf import settings
from django.utils import timezone
from lianfang.capabilities.reports.freezing import draft_of
from lianfang.core.metrics.paper.press import Press
from lianfang.core.territory.models import Territory
area = Territory.objects.get(level="subdistrict", name="云澜街道")
paper = draft_of("bulletin", area=area, cutoff_at=timezone.now())
sys.stdout.buffer.write(Press(font_dir=settings.FONT_DIR).pages(paper, ppi=80.0).files[0])
"""


def bulletin(town: Demo) -> bytes:
    """The first page of the day's bulletin as it is printed."""
    # A process of its own: the demo's settings belong to the demo's folder.
    return subprocess.run([sys.executable, "-c", PRESS], env=town.environment, check=True, capture_output=True).stdout


if __name__ == "__main__":
    main()
