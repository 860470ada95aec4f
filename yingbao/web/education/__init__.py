"""The education bureau's desk: enrolment per school, with the missing by reason. 教育督察"""
