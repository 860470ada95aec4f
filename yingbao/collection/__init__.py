"""What is owed and what arrived: obligations, payments, statements, debits, refunds, receipts. 征收"""
