"""Letters to parents, handed out and tracked; other ways of telling them. 告家长书与宣传"""
