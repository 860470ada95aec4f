"""Whether a picture can be a card's photo, and the photo that is made of it; runs in the child process only. 照片检查

A file is told by its content; only JPEG and PNG are decoded, the size being known before the pixels are. What comes
out are pixels alone, encoded anew: whatever else was in the file (place, device, a second file behind the first) is
gone. What a program cannot tell for sure is a doubt for a person, never a refusal.
"""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from yingbao.cards.doubts import LARGEST_PHOTO
from yingbao.cards.faces import Box, faces
from yingbao.policy.model import PhotoForm
from yingbao.values.refusal import Refused
from yingbao.values.text import Text

Pixels = NDArray[np.uint8]
MOST_PIXELS = 64_000_000
"""a phone's largest ordinary picture has 50 million; of a PNG, which is decoded whole, a third of it"""
Image.MAX_IMAGE_PIXELS = None  # ours is asked first, and says what to do
WRONG_KINDS: tuple[tuple[bytes, int, str], ...] = (
    (b"ftyphei", 4, "HEIC"), (b"ftypmif1", 4, "HEIC"), (b"ftyphevc", 4, "HEIC"), (b"ftypavif", 4, "AVIF"),
    (b"GIF8", 0, "GIF"), (b"BM", 0, "BMP"), (b"WEBP", 8, "WebP"), (b"II*\0", 0, "TIFF"), (b"MM\0*", 0, "TIFF"),
    (b"%PDF", 0, "PDF"), (b"PK\x03\x04", 0, "ZIP"), (b"\xd0\xcf\x11\xe0", 0, "Word/Excel"), (b"Rar!", 0, "RAR"),
    (b"7z\xbc\xaf", 0, "7z"), (b"<svg", 0, "SVG"), (b"<?xml", 0, "SVG"), (b"<!DOCTYPE", 0, "HTML"),
)  # fmt: skip
"""How files begin that are not what they are called, where, and what they are."""
DARK, TINTED, PLAIN_WITHIN, PLAIN_SHARE, COLOURLESS = 140, 45, 26, 0.85, 4.0
"""The background's darkest channel; how far its channels lie apart; what counts as the same colour and how much of it
has to be; how little colour a picture has that is black and white."""
TOLERANCE = 0.25
"""The finder's box is not measured from ear to ear: so much more or less than the form says raises no doubt."""
HAIR, FACE_SHARE = 0.42, 0.6
"""How much of a face's box the hair is above it; how much of the photo's width a face takes when we crop."""


class Checked(NamedTuple):
    """A photo in the prescribed form, and what a person should look at. 合格照片"""

    jpeg: bytes
    doubts: tuple[str, ...]


def inspect(data: bytes, form: PhotoForm, *, where: str) -> Checked:
    """Make a card's photo of a picture's bytes. 检查照片

    Raises Refused with what the file is, or what is wrong, and how to mend it.
    """
    pixels = _decoded(data, form, where)
    if float(pixels.std()) < 6:
        _refuse(where, Text("画面是空的，只有一种颜色", "the picture is empty: one colour only"),
                Text("换一张能看清人脸的照片", "choose one that shows the face"))  # fmt: skip
    found = faces(pixels)
    if len(found) > 1 and pixels.shape[1] > pixels.shape[0]:
        # Upright, more than one is a doubt for a person; side by side there is nothing to cut a portrait from.
        _refuse(where, Text("照片里好像有{n}张脸", "there seem to be {n} faces in the picture").filled(n=len(found)),
                Text("只拍孩子一个人，竖着拍半身正面照", "take the child alone, with the phone upright"))  # fmt: skip
    cut = _cropped(pixels, form, found[0] if len(found) == 1 else None, where)
    size = (form.width_px, form.height_px)
    fitted: Pixels = np.asarray(cv2.resize(cut, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    doubts = [*_face_doubts(faces(fitted), form), *_background(fitted, form, where)]
    if float(np.ptp(fitted.astype(np.int16), axis=2).mean()) < COLOURLESS:
        doubts.append("colourless")
    return Checked(_encoded(fitted, form), tuple(doubts))


def _decoded(data: bytes, form: PhotoForm, where: str) -> Pixels:
    """The pixels, upright, in three colours; nothing is decoded that is too large."""
    if len(data) > LARGEST_PHOTO:
        _refuse(where, Text("照片超过{n}MB", "the photo is larger than {n} MB").filled(n=LARGEST_PHOTO // 2**20),
                Text("用手机或电脑把照片缩小后再交", "make it smaller on the phone or computer"))  # fmt: skip
    if not data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        _wrong_kind(data, where)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
            width, height = image.size
            if width * height > (MOST_PIXELS if image.format == "JPEG" else MOST_PIXELS // 3):
                what = Text("照片有{w}×{h}像素，过大", "the picture has {w}×{h} pixels, too many")
                _refuse(where, what.filled(w=width, h=height),
                        Text("用手机直接拍一张，不要放大", "take one with a phone, not enlarged"))  # fmt: skip
            # A JPEG is decoded at a fraction of its size where that is still more than enough.
            image.draft("RGB", (form.width_px * 4, form.height_px * 4))
            image.load()
            upright = ImageOps.exif_transpose(image)
            if upright.mode in ("RGBA", "LA", "P", "PA"):
                clear = upright.convert("RGBA")
                upright = Image.new("RGBA", clear.size, "white")
                upright.alpha_composite(clear)
            return np.array(upright.convert("RGB"), dtype=np.uint8)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError, EOFError):
        _refuse(where, Text("照片打不开，文件不完整或已损坏", "the picture cannot be opened: incomplete or damaged"),
                Text("从相机或手机里重新导出一份再交", "take it from the camera or phone once more"))  # fmt: skip
        raise AssertionError from None


def _wrong_kind(data: bytes, where: str) -> None:
    if not data.strip(b"\0"):
        _refuse(where, Text("文件是空的，或读不出来", "the file is empty or cannot be read"),
                Text("从相机或手机里重新导出一份再交", "take it from the camera or phone once more"))  # fmt: skip
    head = data[:256].lstrip()
    kind = next((name for sign, at, name in WRONG_KINDS if data[at : at + len(sign)] == sign or
                 (at == 0 and head.startswith(sign))), "")  # fmt: skip
    if kind == "HEIC":
        _refuse(where, Text("这是苹果手机的 HEIC 照片", "this is a HEIC picture of an iPhone"),
                Text("在“设置－相机－格式”里选“兼容性最佳”再拍，或发送给自己后另存为 JPEG",
                     "choose “most compatible” under Settings, Camera, Formats, or save it as JPEG"))  # fmt: skip
    what = Text("内容是{kind}，不是 JPEG 或 PNG 照片", "the content is {kind}, not a JPEG or PNG picture")
    if not kind:
        what = Text("内容不是 JPEG 或 PNG 照片，只改扩展名没有用", "not a JPEG or PNG picture, whatever it is called")
    _refuse(where, what.filled(kind=kind), Text("另存为 JPEG 再交", "save it as JPEG"))


def _cropped(pixels: Pixels, form: PhotoForm, face: Box | None, where: str) -> Pixels:
    """The part that has the form's shape, about the face where one was found."""
    height, width = pixels.shape[:2]
    ratio = form.width_px / form.height_px
    if width > height and face is None:
        _refuse(where, Text("照片是横的", "the picture lies on its side"),
                Text("竖着拍一张半身正面照", "hold the phone upright"))  # fmt: skip
    if width < form.width_px or height < form.height_px:
        what = Text("照片只有{w}×{h}像素，至少要{fw}×{fh}", "{w}×{h} pixels; at least {fw}×{fh} are needed")
        _refuse(where, what.filled(w=width, h=height, fw=form.width_px, fh=form.height_px),
                Text("交原图，不要交截图或缩略图", "hand in the original, not a screenshot or thumbnail"))  # fmt: skip
    widest = min(width, int(height * ratio))
    if abs(width / height / ratio - 1) < 0.015:
        return pixels
    cut = widest
    if face is not None:
        cut = max(form.width_px, min(widest, int(face.width / FACE_SHARE)))
    tall = min(height, int(cut / ratio))
    left, top = (width - cut) // 2, (height - tall) // 3
    if face is not None:
        left = face.left + face.width // 2 - cut // 2
        top = face.top - int(face.height * HAIR)
    left, top = max(0, min(left, width - cut)), max(0, min(top, height - tall))
    return np.ascontiguousarray(pixels[top : top + tall, left : left + cut])


def _face_doubts(found: list[Box], form: PhotoForm) -> list[str]:
    if len(found) != 1:
        return ["faces" if found else "no_face"]
    face, (least, most) = found[0], form.face_width_px
    doubts = []
    if face.width < least * (1 - TOLERANCE):
        doubts.append("face_small")
    if face.width > most * (1 + TOLERANCE):
        doubts.append("face_large")
    middle = abs(face.left + face.width / 2 - form.width_px / 2) / form.width_px
    if middle > 0.08 or face.top + face.height > form.height_px * 0.9:
        doubts.append("face_aside")
    return doubts


def _background(fitted: Pixels, form: PhotoForm, where: str) -> list[str]:
    """What is beside the head, left and right above the shoulders: light, plain, without a tint."""
    edge, down = form.width_px // 12, int(form.height_px * 0.38)
    strips = np.concatenate([fitted[:down, :edge].reshape(-1, 3), fitted[:down, -edge:].reshape(-1, 3)])
    middle = np.median(strips, axis=0)
    mend = Text("在{ground}的墙或幕布前重拍", "take it before a {ground} wall").filled(ground=form.background)
    if float(middle.max() - middle.min()) > TINTED:
        _refuse(where, Text("背景有颜色，不是{g}", "the background has a colour; it must be {g}").filled(
            g=form.background), mend)  # fmt: skip
    if float(middle.min()) < DARK:
        _refuse(where, Text("背景太暗，不是{g}", "the background is dark; it must be {g}").filled(g=form.background),
                mend)  # fmt: skip
    alike = float((np.abs(strips - middle).max(axis=1) <= PLAIN_WITHIN).mean())
    return ["background"] if float(middle.min()) < form.background_least or alike < PLAIN_SHARE else []


def _encoded(fitted: Pixels, form: PhotoForm) -> bytes:
    """The finished photo: pixels and nothing else, as good as fits the form's bytes."""
    image = Image.fromarray(fitted)
    for quality in (92, 85, 78, 70, 60, 50, 40, 25):
        out = io.BytesIO()
        image.save(out, "JPEG", quality=quality, dpi=(350, 350), optimize=True)
        if out.tell() <= form.most_bytes:
            break
    return out.getvalue()


def _refuse(where: str, what: Text, mend: Text) -> None:
    raise Refused(where=where, what=what, mend=mend)
