"""The policies of later years and further cities, proved by children. 各地各年度政策"""
