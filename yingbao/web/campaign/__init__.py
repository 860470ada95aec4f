"""The season's tasks and trainings on every desk. 季内任务与培训页面"""
