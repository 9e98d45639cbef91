"""A second road to the figures of money: plain loops over the logs (R3, R4, R9, R10)."""

from __future__ import annotations

from datetime import date

from tests.oracle.common_money import Feeds, Ledger, Organisation, Row, Rules
from tests.oracle.money_callback import Callback
from tests.oracle.money_expense import Expense
from tests.oracle.money_sales import Sales


def work_out(feeds: Feeds, as_of: date, rules: Rules | None = None) -> dict[str, list[Row]]:
    """The rows of every mart of these chapters, the ledger among them."""
    organisation = Organisation(feeds, as_of, rules or Rules())
    ledger = Ledger(organisation)
    marts: dict[str, list[Row]] = {}
    for chapter in (Expense, Sales, Callback):
        marts |= chapter(feeds, organisation, ledger).run()
    return marts | {"fct_rule_outcomes": ledger.rows}
