"""Parents are asked, schools report, sub-districts sum. 问卷"""
