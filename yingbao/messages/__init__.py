"""What guardians and clerks are told. 消息"""
