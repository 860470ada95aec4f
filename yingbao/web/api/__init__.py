"""The interface for schools' own systems and for the bureaus: HTTP, JSON, OpenAPI. 接口"""
