"""The outside world, one folder or file each: gateways, banks, their messages and files. 对外交换"""
