"""Whose child it is, asked and followed to its end. 个案"""
