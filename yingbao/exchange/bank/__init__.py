"""Files between the platform and a bank: statements and results in, debits and payments out. 银行文件

Shapes in, shapes out: nothing here knows the database. See docs/adr/0014.
"""
