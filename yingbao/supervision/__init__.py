"""How far a season is, as a curve and as reports to the education bureau. 督察与通报"""
