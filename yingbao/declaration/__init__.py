"""What a school or community states as a batch: who enrols, who pays, who is exempt. 申报"""
