"""Alipay's open gateway for one application. 模拟支付宝"""
