"""Template messages of a WeChat official account. 微信公众号"""
