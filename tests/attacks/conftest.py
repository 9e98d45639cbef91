"""The pages' fixtures, for those who attack them."""

from tests.dashboards.conftest import golden, run_page

__all__ = ["golden", "run_page"]
