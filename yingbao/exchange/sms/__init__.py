"""Short messages through Alibaba Cloud SMS. 短信"""
