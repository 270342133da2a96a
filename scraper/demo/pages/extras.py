"""What surrounds the news: advertorials, videos and topics, all made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.demo.sections import ADVERTORIALS
from scraper.demo.slug import slug_of


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


_BRANDS = _listed(
    "Ngân hàng Sông Lam|Sữa Thảo Mộc Xanh|Hàng không Cánh Én|Điện máy Hoàng Gia Phát|"
    "Chung cư Bến Trăng|Xe điện Tia Chớp|Bảo hiểm An Tâm Việt|Viễn thông Sóng Mới|"
    "Dược phẩm Lá Ngải|Siêu thị Chợ Nhà"
)
_OFFERS = (
    "{brand} ưu đãi đến {percent}% cho khách hàng mới",
    "{brand} khai trương điểm giao dịch thứ {percent}",
)
_TOPICS = _listed(
    "Tinh gọn bộ máy|Xóa nhà tạm, nhà dột nát|Ứng phó thiên tai|Chuyển đổi số quốc gia|"
    "Đàm phán thuế quan|Mùa thi và tuyển sinh|Bảo vệ chủ quyền biển đảo|Chống hàng giả"
)
_FILMS = (
    "Bản tin sáng: {percent} tin đáng chú ý",
    "Toàn cảnh {percent} giờ qua bằng hình",
    "Thời tiết tuần tới: {percent} tỉnh có mưa",
)
ADVERT_COUNT = 20
VIDEO_COUNT = 12


@dataclass(frozen=True, slots=True)
class Extra:
    title: str
    path: str
    published: datetime


def advertorials(now: datetime) -> list[Extra]:
    """Return the advertorials that every page links, newest first."""
    extras = []
    for k in range(ADVERT_COUNT):
        title = _OFFERS[k // 10].format(brand=_BRANDS[k % 10], percent=11 + k * 3)
        moment = now - timedelta(minutes=97 * k + 31)
        path = f"/{ADVERTORIALS.slug}/{slug_of(title)}-{_stamp(moment, k)}.htm"
        extras.append(Extra(title, path, moment))
    return extras


def videos(now: datetime) -> list[Extra]:
    extras = []
    for k in range(VIDEO_COUNT):
        title = _FILMS[k % 3].format(percent=12 + k)
        moment = now - timedelta(minutes=211 * k + 47)
        path = f"/video/{slug_of(title)}-v{_stamp(moment, k)}.htm"
        extras.append(Extra(title, path, moment))
    return extras


def topics(now: datetime) -> list[Extra]:
    return [
        Extra(name, f"/dong-su-kien/{slug_of(name)}-e{630 - k}.htm", now)
        for k, name in enumerate(_TOPICS)
    ]


def _stamp(moment: datetime, k: int) -> str:
    return f"{moment:%Y%m%d%H%M%S}{k * 37 % 1000:03}"
