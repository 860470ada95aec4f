"""Everything that collection keeps, one file for each thing. 征收数据"""

from yingbao.collection.models.advice import Advice, AdviceLine
from yingbao.collection.models.arrival import Alarm, Allocation, Arrival
from yingbao.collection.models.bank_file import BankFile
from yingbao.collection.models.bill import Bill, BillLine
from yingbao.collection.models.close import Close
from yingbao.collection.models.collected import Collected
from yingbao.collection.models.debit import DebitAnswer, DebitBatch, DebitItem, DebitPart, Mandate
from yingbao.collection.models.mismatch import Comparison, MismatchCount
from yingbao.collection.models.obligation import Obligation
from yingbao.collection.models.payment import Payment, PaymentLine
from yingbao.collection.models.receipt import Receipt, ReceiptPaper, ReceiptSeries
from yingbao.collection.models.refund import Refund
from yingbao.collection.models.statement import BankAccount, Statement, StatementLine

__all__ = [
    "Advice", "AdviceLine", "Alarm", "Allocation", "Arrival", "BankAccount", "BankFile", "Bill", "BillLine", "Close",
    "Collected", "Comparison", "DebitAnswer", "DebitBatch", "DebitItem", "DebitPart", "Mandate", "MismatchCount",
    "Obligation", "Payment", "PaymentLine", "Receipt", "ReceiptPaper", "ReceiptSeries", "Refund",
    "Statement", "StatementLine",
]  # fmt: skip
