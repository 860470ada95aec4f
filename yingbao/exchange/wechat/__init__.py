"""WeChat Pay, API v3, direct merchant: native (QR) and H5 (page) orders, refunds, trade bills. 微信支付"""
