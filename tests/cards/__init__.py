"""Tests of the cards: hostile photos, states, batches. 市民卡测试"""
