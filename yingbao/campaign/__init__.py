"""What bodies do for the season: tasks of its phases, training. 季内任务与培训"""
