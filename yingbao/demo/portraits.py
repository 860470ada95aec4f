"""Portraits drawn by program: nobody's face, and enough of one for OpenCV's cascade. 绘制照片"""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFilter

SHIRTS = ("#27425e", "#5e2b27", "#2c5236", "#4b3a63", "#3a3a3a")


def portrait(
    size: tuple[int, int] = (716, 882),
    *,
    ground: str = "#fbfbfb",
    heads: int = 1,
    scale: float = 1.0,
    aside: float = 0.0,
    shirt: str = SHIRTS[0],
) -> Image.Image:
    """A drawn bust before a wall; more heads, smaller or aside if asked. 半身像"""
    width, height = size
    image = Image.new("RGB", size, ground)
    draw = ImageDraw.Draw(image)
    for head in range(heads):
        wide = min(width, height * 0.81) * 0.5 * scale / (1 if heads == 1 else 1.7)
        middle = width * (head + 1) / (heads + 1) + width * aside
        _bust(draw, middle, height * 0.14, wide, height, shirt)
    return image.filter(ImageFilter.GaussianBlur(width / 250))


def _bust(draw: ImageDraw.ImageDraw, x: float, top: float, wide: float, height: int, shirt: str) -> None:
    tall, half = wide * 1.32, wide / 2
    draw.rounded_rectangle((x - half * 1.75, top + tall * 1.12, x + half * 1.75, height * 1.3), wide / 2, fill=shirt)
    draw.rectangle((x - half * 0.42, top + tall * 0.8, x + half * 0.42, top + tall * 1.2), fill="#d6a184")
    draw.ellipse((x - half * 1.08, top - tall * 0.1, x + half * 1.08, top + tall * 0.75), fill="#241a15")
    draw.ellipse((x - half, top, x + half, top + tall), fill="#e3b394")
    draw.pieslice((x - half * 1.02, top - tall * 0.06, x + half * 1.02, top + tall * 0.5), 180, 360, fill="#241a15")
    for side in (-1, 1):
        eye = x + side * half * 0.42
        draw.ellipse((eye - half * 0.27, top + tall * 0.36, eye + half * 0.27, top + tall * 0.5), fill="#b98668")
        draw.ellipse((eye - half * 0.2, top + tall * 0.4, eye + half * 0.2, top + tall * 0.48), fill="#f6f1ec")
        draw.ellipse((eye - half * 0.1, top + tall * 0.39, eye + half * 0.1, top + tall * 0.49), fill="#1c120e")
        draw.rectangle((eye - half * 0.3, top + tall * 0.31, eye + half * 0.3, top + tall * 0.345), fill="#2a1d16")
    draw.polygon([(x, top + tall * 0.42), (x - half * 0.17, top + tall * 0.66), (x + half * 0.17, top + tall * 0.66)],
                 fill="#d09b7c")  # fmt: skip
    draw.ellipse((x - half * 0.2, top + tall * 0.63, x + half * 0.2, top + tall * 0.69), fill="#9d6a50")
    draw.ellipse((x - half * 0.36, top + tall * 0.76, x + half * 0.36, top + tall * 0.84), fill="#a5524b")
