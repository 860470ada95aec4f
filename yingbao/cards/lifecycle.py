"""The states and what may follow on each; no framework. 状态"""
