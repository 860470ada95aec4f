"""Stand-ins for WeChat Pay, Alipay and a bank, in a process of their own with their own keys. 模拟网关

Written from the public descriptions; they share no code with the platform, so neither can excuse the other.
"""
