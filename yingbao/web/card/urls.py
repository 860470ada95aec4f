"""Addresses of cards: the card centre's desk, and under own/ a school's or community's. 市民卡网址"""

from __future__ import annotations

from django.urls import path

from yingbao.web.card import batches, cards, child, own, photos
from yingbao.web.card.home import home

CHILD = "own/children/<int:pk>/"

urlpatterns = [
    path("", home, name="card-home"),
    path("photos/", photos.photos, name="card-photos"),
    path("photos/accept", photos.accept, name="card-photos-accept"),
    path("photos/<int:pk>/picture", photos.photo_picture, name="card-photo-picture"),
    path("photos/<int:pk>/decide", photos.decide, name="card-photo-decide"),
    path("batches/", batches.batches, name="card-batches"),
    path("batches/<int:pk>/", batches.batch, name="card-batch"),
    path("batches/<int:pk>/file", batches.batch_file, name="card-batch-file"),
    path("batches/<int:pk>/result", batches.batch_result, name="card-batch-result"),
    path("holders/", batches.holders, name="card-holders"),
    path("all/", cards.cards, name="card-cards"),
    path("all/<int:pk>", cards.card, name="card-card"),
    path("own/", own.own, name="own-cards"),
    path("own/zip", own.pack, name="own-cards-zip"),
    path("own/zips/<int:pk>/", own.pack_page, name="own-cards-pack"),
    path("own/hand-out/", own.handout, name="own-cards-handout"),
    path(CHILD, child.child, name="own-card"),
    path(CHILD + "picture", child.child_picture, name="own-card-picture"),
    path(CHILD + "decide", child.decide, name="own-card-decide"),
    path(CHILD + "card", child.card, name="own-card-card"),
]
