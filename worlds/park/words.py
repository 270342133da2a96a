"""What the chrome of a site says, by language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_DAYS = {
    "vi": "Thứ Hai|Thứ Ba|Thứ Tư|Thứ Năm|Thứ Sáu|Thứ Bảy|Chủ Nhật",
    "fr": "lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche",
}
_MONTHS = {
    "en": "January|February|March|April|May|June|July|August|September|October|November|December",
    "fr": "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre",
}


@dataclass(frozen=True)
class Words:
    """*statics* are title and text of the pages that are no articles, by their slugs."""

    language: str
    newest: str
    most_read: str
    related: str
    share: tuple[str, ...]
    search: str
    login: str
    next: str
    previous: str
    advert: str
    letter: str
    comments: str
    imprint: str
    statics: tuple[tuple[str, str, str], ...]

    def date(self, moment: datetime) -> str:
        """Return *moment* as a page prints it."""
        clock = f"{moment:%H:%M}"
        day, month, year = moment.day, moment.month, moment.year
        if self.language == "vi":
            weekday = _DAYS["vi"].split("|")[moment.weekday()]
            return f"{weekday}, {day:02}/{month:02}/{year} {clock}"
        name = _MONTHS[self.language].split("|")[month - 1]
        if self.language == "en":
            return f"{name} {day}, {year} - {clock}"
        weekday = _DAYS["fr"].split("|")[moment.weekday()]
        return f"{weekday} {day} {name} {year} à {clock}"


VI = Words(
    language="vi",
    newest="Tin mới nhất",
    most_read="Đọc nhiều",
    related="Tin liên quan",
    share=("Facebook", "Zalo", "Sao chép liên kết"),
    search="Tìm kiếm",
    login="Đăng nhập",
    next="Trang sau",
    previous="Trang trước",
    advert="Quảng cáo",
    letter="Đăng ký nhận bản tin hằng ngày của tòa soạn qua thư điện tử",
    comments="Ý kiến bạn đọc",
    imprint="Giấy phép số 118/GP-TTĐT. Tổng biên tập: Lại Bá Tường. Cấm sao chép dưới mọi hình thức.",
    statics=(
        (
            "gioi-thieu",
            "Giới thiệu",
            "Tòa soạn được thành lập để đưa tin nhanh, đúng và đủ. Đội ngũ gồm phóng viên, biên tập viên và kỹ thuật viên làm việc tại ba miền.",
        ),
        (
            "lien-he",
            "Liên hệ",
            "Bạn đọc gửi bài, ảnh và ý kiến về hộp thư của tòa soạn. Đường dây nóng trực cả tuần, kể cả ngày lễ, từ sáng đến tối.",
        ),
        (
            "chinh-sach-bao-mat",
            "Chính sách bảo mật",
            "Chúng tôi chỉ giữ những dữ liệu cần cho việc gửi bản tin. Bạn đọc có quyền xem, sửa và xóa dữ liệu của mình vào bất cứ lúc nào.",
        ),
    ),
)

EN = Words(
    language="en",
    newest="Latest news",
    most_read="Most read",
    related="Related stories",
    share=("Facebook", "X", "Copy link"),
    search="Search",
    login="Log in",
    next="Next",
    previous="Previous",
    advert="Advertisement",
    letter="Sign up for our daily newsletter and never miss a story",
    comments="Comments",
    imprint="Published under licence 118. All rights reserved. Editor-in-chief: Ada Brook.",
    statics=(
        (
            "about-us",
            "About us",
            "We are a newsroom of reporters, editors and engineers. Our readers pay for most of what we do, and advertisers for the rest.",
        ),
        (
            "contact",
            "Contact",
            "Write to the newsroom with tips, pictures and corrections. The hotline is staffed all week, holidays included, from dawn to dusk.",
        ),
        (
            "privacy-policy",
            "Privacy policy",
            "We keep only the data that a newsletter needs. You may see, change and delete what we hold about you at any time.",
        ),
    ),
)

FR = Words(
    language="fr",
    newest="À la une",
    most_read="Les plus lus",
    related="À lire aussi",
    share=("Facebook", "WhatsApp", "Copier le lien"),
    search="Rechercher",
    login="Se connecter",
    next="Suivant",
    previous="Précédent",
    advert="Publicité",
    letter="Recevez chaque matin la lettre d'information de la rédaction",
    comments="Commentaires",
    imprint="Tous droits réservés. Directrice de la publication : Odile Ferrand.",
    statics=(
        (
            "a-propos",
            "À propos",
            "La rédaction réunit des reporters, des éditeurs et des techniciens. Nos lecteurs financent l'essentiel de notre travail.",
        ),
        (
            "contact",
            "Contact",
            "Écrivez à la rédaction pour signaler une erreur, proposer un sujet ou une photo. La permanence répond toute la semaine.",
        ),
        (
            "mentions-legales",
            "Mentions légales",
            "Nous ne gardons que les données utiles à l'envoi de la lettre. Chacun peut les consulter, les corriger et les effacer.",
        ),
    ),
)

BY_LANGUAGE = {words.language: words for words in (VI, EN, FR)}
