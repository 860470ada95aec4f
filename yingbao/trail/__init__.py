"""Who did and saw what, sealed in a chain. 审计轨迹"""
