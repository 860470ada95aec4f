"""Alipay, open gateway with RSA2: QR and phone-page orders, refunds, trade bills. 支付宝"""
