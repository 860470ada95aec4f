"""Parents on a phone: the children they look after, their consent. 家长"""
