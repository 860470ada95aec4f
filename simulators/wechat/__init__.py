"""WeChat Pay, version 3 of its interface, for one merchant. 模拟微信支付"""
