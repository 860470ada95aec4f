"""Yingbao 应保: enrols a city's school children in resident medical insurance."""
