"""Anybody tries the rules on a child who is not known yet. 试算"""
