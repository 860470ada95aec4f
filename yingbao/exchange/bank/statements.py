"""Reads the statement of an account in any form that a bank gives it. 读取对账单"""

from __future__ import annotations

from yingbao.exchange.bank.camt import read_statement_message
from yingbao.exchange.bank.files import StatementFile
from yingbao.exchange.bank.markup import is_markup
from yingbao.exchange.bank.tables import read_statement_table


def read_statement(*, name: str, content: bytes) -> StatementFile:
    """A statement of one account: CSV (UTF-8, GB18030), .xlsx or camt.053, told by its content. 读取对账单

    Nothing is kept and nothing is guessed. Raises WrongFile with every row and reason; then nothing of it counts.
    """
    read = read_statement_message if is_markup(content) else read_statement_table
    return read(name=name, content=content)
