"""A bank with accounts and statements; only files pass between it and the platform. 模拟银行"""
