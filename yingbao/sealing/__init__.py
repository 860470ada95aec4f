"""How numbers lie in the database: keys, sealing, blind indexes. 加密"""
