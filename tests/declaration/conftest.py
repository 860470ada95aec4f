"""The seasons and the school of the enrolment tests. 申报测试基础"""

from tests.enrolment.conftest import by, community, school, suzhou, worker, yuzhong

__all__ = ["by", "community", "school", "suzhou", "worker", "yuzhong"]
