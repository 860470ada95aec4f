"""PostgreSQL everywhere: an embedded server by default, any other by address. 数据库

A Django database backend (`ENGINE = "yingbao.postgres"`): the first connection starts the private
server, whoever asks for it, so no entry point has to remember.
"""
