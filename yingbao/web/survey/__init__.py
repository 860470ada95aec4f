"""Surveys: composed at the agency, answered by families and schools, reported, summed, watched. 问卷"""
