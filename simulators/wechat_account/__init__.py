"""A simulated WeChat official account. 模拟公众号"""
