"""Requests between institutions: ask, provide, alert, refer a complaint; taken up, answered, declined, each by its clock."""
