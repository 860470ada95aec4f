"""Anyone verifies a receipt, without signing in. 票据查验"""
