"""What bodies do for the season: tasks of its phases, letters, publicity, training. 部署与宣传"""
