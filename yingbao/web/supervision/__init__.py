"""Reports to the education bureau, made by the agency and read by who is told. 通报"""
