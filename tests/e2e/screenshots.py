"""Pictures of a home's pages: ``python -m tests.e2e.screenshots [HOME] [FOLDER] [PAGE…]``.

Without a folder: the pictures of the README, in docs/pictures. With one: every page whole, wide and narrow.
"""

from __future__ import annotations

import sys
from pathlib import Path

from dashboards.analyst import link
from tests.e2e.browser import chromium, served, settled
from warehouse.home import CHECKOUT, Home
from warehouse.publish import current
from warehouse.reader import published

QUERY = """-- fines by unit
select u.unit_name, count(*) as times, sum(o.effective_amount) as fines
from fct_rule_outcomes as o
join units as u using (unit_id)
where o.outcome_type = 'fine'
group by all
order by fines desc"""
PAGES = {
    "glance": "glance?",
    "attendance": "attendance?",
    "budget": "budget?",
    "callbacks": "callbacks?",
    "conversion": "conversion?",
    "operators": "operators?",
    "inspections": "inspections?",
    "events": "events?",
    "school": "school?",
    "rulebook": "rulebook?clause=R2-3.4.1",
    "sql": f"sql?y=fines&q={link(QUERY)}",
    "quality": "quality?",
    "why": "why?",
}
WIDTHS = {"wide": 1440, "narrow": 390}


def take(
    home: Home,
    folder: Path,
    pages: dict[str, str],
    languages: tuple[str, ...] = ("zh", "en"),
    widths: dict[str, int] = WIDTHS,
    whole: bool = True,
) -> list[Path]:
    """One picture for each page, language and width: as high as the page is, or its first screen."""
    folder.mkdir(parents=True, exist_ok=True)
    taken = []
    with served(home) as address, chromium() as browser:
        for width_name, width in widths.items():
            context = browser.new_context(viewport={"width": width, "height": 1000})
            page = context.new_page()
            for name, place in pages.items():
                for language in languages:
                    page.set_viewport_size({"width": width, "height": 1000})
                    page.goto(f"{address}/{place}&lang={language}")
                    settled(page)
                    if not whole:
                        taken.append(folder / f"{name}-{language}.png")
                        page.screenshot(path=taken[-1])
                        continue
                    high = page.evaluate("document.querySelector('[data-testid=stMainBlockContainer]').scrollHeight")
                    page.set_viewport_size({"width": width, "height": max(700, min(int(high) + 40, 5000))})
                    settled(page)
                    taken.append(folder / f"{name}-{language}-{width_name}.png")
                    page.screenshot(path=taken[-1])
            context.close()
    return taken


def a_fine(home: Home) -> str:
    """The id of an outcome that takes something, for a picture of its explanation."""
    found = published(home).rows(
        "select outcome_id from marts.fct_rule_outcomes where amount > 0 order by outcome_type = 'fine' desc, amount desc limit 1"
    )
    return found[0]["outcome_id"] if found else ""


if __name__ == "__main__":
    home = Home(Path(sys.argv[1] if len(sys.argv) > 1 else CHECKOUT / "var" / "demo").resolve())
    pictures = CHECKOUT / "docs" / "pictures"
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else pictures
    pages = PAGES | ({"why": f"why?outcome={a_fine(home)}"} if current(home) else {})
    if folder == pictures:  # what the README shows: the first screen, a month that has ended
        shown = {
            "glance": "glance?month=2026-09",
            "attendance": "attendance?month=2026-09&unit=BO02",
            "budget": "budget?month=2026-09",
            "why": pages["why"],
        }
        take(home, folder, shown, widths={"": 1440}, whole=False)
    else:
        take(home, folder, {n: p for n, p in pages.items() if not sys.argv[3:] or n in sys.argv[3:]})
    print(folder)
