"""A stranger's file is opened in a process of its own, with bounds. 隔离进程"""
