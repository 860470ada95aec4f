"""Photos drawn by program: nobody's face. 绘制照片"""

from __future__ import annotations

import io

from PIL import Image

from yingbao.demo.portraits import portrait
from yingbao.policy import catalogue
from yingbao.policy.model import PhotoForm

__all__ = ["FORM_SIZE", "encoded", "form", "good_photo", "portrait"]

FORM_SIZE = (358, 441)


def encoded(image: Image.Image, kind: str = "JPEG", **more: object) -> bytes:
    """The picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **({"quality": 92} if kind == "JPEG" else {}) | more)
    return out.getvalue()


def good_photo() -> bytes:
    """A photo in which there is nothing to find fault with."""
    return encoded(portrait())


def form() -> PhotoForm:
    """The form that Suzhou's policy prescribes."""
    card = catalogue.policy_of("320500/2020").card
    assert card is not None
    assert card.photo is not None
    return card.photo
