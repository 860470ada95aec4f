"""What the pages of cards have in common: pictures, uploads, messages to families. 市民卡页面公用"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse

from yingbao.cards import apart, receiving
from yingbao.cards.doubts import LARGEST_PHOTO
from yingbao.cards.models import Photo
from yingbao.cards.protocol import Fit
from yingbao.jobs.cards import tell_again
from yingbao.policy.model import CardRule, PhotoForm
from yingbao.values import clock
from yingbao.values.refusal import Refused
from yingbao.values.text import Text
from yingbao.web.templatetags.words import language
from yingbao.web.wall import by_platform

PHOTO = Text("照片", "Photo")
LARGEST_LIST = 20 * 2**20


def picture(photo: Photo | None) -> HttpResponse:
    """The picture to show, kept by no browser; 404 once it was erased. 照片"""
    content = receiving.picture_of(photo) if photo is not None else None
    if content is None:
        raise Http404
    answer = HttpResponse(content, content_type="image/jpeg")
    answer["Cache-Control"] = "no-store"
    answer["Content-Disposition"] = "inline"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def uploaded(request: Any, name: str, *, most: int) -> bytes:
    """The bytes of an uploaded file, one more than may be at most. Raises Refused without a file. 上传内容"""
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        raise Refused(
            where=PHOTO.said(language()) if name == "photo" else Text("文件", "File").said(language()),
            what=Text("没有选择文件", "no file was chosen"),
            mend=Text("先选择文件，再点上传。", "Choose a file first."),
        )
    return bytes(file.read(most + 1))


def form_of(rule: CardRule) -> PhotoForm:
    """The form of the photo. Raises Refused where no photos are taken. 照片规格"""
    if rule.photo is None:
        raise Refused(
            where=PHOTO.zh,
            what=Text("本地制卡不收照片", "no photos are taken here"),
            mend=Text("不用交照片。", "There is nothing to hand in."),
        )
    return rule.photo


def looked_at(request: Any, rule: CardRule) -> Fit:
    """The uploaded photo, looked at apart. Raises Refused. 检查上传的照片"""
    data = uploaded(request, "photo", most=LARGEST_PHOTO)
    return apart.inspected(data, form_of(rule), where=PHOTO.said(language()))


def ask_again(photos: Iterable[Photo]) -> None:
    """Tell the families that another photo is needed, with the reason. 通知重拍"""
    with by_platform("who rejects a photo has the family asked for another; a desk reads no phones for it"):
        tell_again(photos, at=clock.now())
