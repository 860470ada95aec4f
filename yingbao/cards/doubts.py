"""The bounds and doubts of photos, for pages that have no need of OpenCV. 照片检查用语"""

from __future__ import annotations

from collections.abc import Iterable

from yingbao.values.text import Text

LARGEST_PHOTO = 10 * 2**20
DOUBTS = {
    "no_face": Text("没有认出人脸", "no face was made out"),
    "faces": Text("好像不止一张脸", "there seems to be more than one face"),
    "face_small": Text("脸可能太小，离镜头太远", "the face may be too small: too far from the camera"),
    "face_large": Text("脸可能太大，离镜头太近", "the face may be too large: too close to the camera"),
    "face_aside": Text("脸可能不在正中", "the face may not be in the middle"),
    "background": Text("背景可能不够白或不均匀", "the background may not be white or even enough"),
    "colourless": Text("好像是黑白照片", "it seems to be black and white"),
}
"""What the program cannot tell for sure. 存疑项"""


def doubts_said(words: Iterable[str]) -> list[Text]:
    """Doubts in words. 存疑说明"""
    return [DOUBTS[word] for word in words if word in DOUBTS]
