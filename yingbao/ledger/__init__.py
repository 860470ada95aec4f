"""Accounts, journals and transfers of whole fen: a book that is only ever added to. 总账"""
