"""Pages about messages: the outbox, reminders, one's own, and the way to say stop. 消息页面"""
