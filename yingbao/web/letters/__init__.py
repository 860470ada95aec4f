"""Letters to parents and other publicity: the school's desk, who looks on, and the words. 告家长书与宣传"""
