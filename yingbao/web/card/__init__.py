"""The card centre's desk. 市民卡"""
