"""What the platform prints: receipts, declaration forms, slips; drawn, signed and checked. 票据与表单"""
