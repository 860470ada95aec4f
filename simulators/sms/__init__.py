"""A simulated short message provider, as Alibaba Cloud SMS describes itself. 模拟短信"""
