"""Letters and other publicity. 告家长书与宣传测试"""
