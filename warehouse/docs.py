"""The models' documentation as one page that opens without a server: docs/site/index.html."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ingest.loading import open_store
from ingest.problems import Problem
from warehouse.build import prepare, run_dbt
from warehouse.home import CHECKOUT, Home, Settings

SITE = CHECKOUT / "docs" / "site" / "index.html"


def write_docs(page: Path = SITE) -> Path:
    """Write the page. Raises Problem (exit code 1) when dbt cannot read the project."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder)).create()
        open_store(home).close()
        prepare(home, Settings(), None, None)
        run = run_dbt(home, ["docs", "generate", "--static", "--empty-catalog"], Settings())
        if not run.succeeded:
            raise Problem(
                f"不能生成文档：{run.errors}", f"The documentation could not be made: {run.errors}", exit_code=1
            )
        page.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(home.work / "target" / "static_index.html", page)
    return page


if __name__ == "__main__":
    print(write_docs())
