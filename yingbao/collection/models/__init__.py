"""Everything that collection keeps, one file for each thing. 征收数据"""

from yingbao.collection.models.arrival import Alarm, Allocation, Arrival
from yingbao.collection.models.bill import Bill, BillLine
from yingbao.collection.models.close import Close
from yingbao.collection.models.debit import DebitBatch, DebitItem, Mandate
from yingbao.collection.models.obligation import Obligation
from yingbao.collection.models.payment import Payment, PaymentLine
from yingbao.collection.models.receipt import Receipt, ReceiptPaper, ReceiptSeries
from yingbao.collection.models.refund import Refund
from yingbao.collection.models.statement import BankAccount, Statement, StatementLine

__all__ = [
    "Alarm", "Allocation", "Arrival", "BankAccount", "Bill", "BillLine", "Close", "DebitBatch", "DebitItem",
    "Mandate", "Obligation", "Payment", "PaymentLine", "Receipt", "ReceiptPaper", "ReceiptSeries", "Refund",
    "Statement", "StatementLine",
]  # fmt: skip
