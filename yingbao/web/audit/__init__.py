"""The audit administrator's desk: the chain, who looked at what, and what is unusual. 审计管理"""
