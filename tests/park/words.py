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
    home: str
    newest: str
    most_read: str
    related: str
    tags: str
    share: tuple[str, ...]
    search: str
    login: str
    next: str
    previous: str
    advert: str
    letter: str
    comments: str
    credit: str
    imprint: str
    sponsored: str
    sponsored_text: str
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
    home="Trang chủ",
    newest="Tin mới nhất",
    most_read="Đọc nhiều",
    related="Tin liên quan",
    tags="Từ khóa",
    share=("Facebook", "Zalo", "Sao chép liên kết"),
    search="Tìm kiếm",
    login="Đăng nhập",
    next="Trang sau",
    previous="Trang trước",
    advert="Quảng cáo",
    letter="Đăng ký nhận bản tin hằng ngày của tòa soạn qua thư điện tử",
    comments="Ý kiến bạn đọc",
    credit="Theo",
    imprint="Giấy phép số 118/GP-TTĐT. Tổng biên tập: Lại Bá Tường. Cấm sao chép dưới mọi hình thức.",
    sponsored="Thông tin doanh nghiệp",
    sponsored_text="Nội dung do doanh nghiệp cung cấp, tòa soạn không chịu trách nhiệm. Sản phẩm số {n} được giảm giá {n} phần trăm cho khách đặt trước tại mọi cửa hàng trong tháng này.",
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
    home="Home",
    newest="Latest news",
    most_read="Most read",
    related="Related stories",
    tags="Tags",
    share=("Facebook", "X", "Copy link"),
    search="Search",
    login="Log in",
    next="Next",
    previous="Previous",
    advert="Advertisement",
    letter="Sign up for our daily newsletter and never miss a story",
    comments="Comments",
    credit="By",
    imprint="Published under licence 118. All rights reserved. Editor-in-chief: Ada Brook.",
    sponsored="Partner content",
    sponsored_text="This content was paid for by a partner. Product number {n} is {n} per cent off for all who order this month in any of its shops.",
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
    home="Accueil",
    newest="À la une",
    most_read="Les plus lus",
    related="À lire aussi",
    tags="Mots-clés",
    share=("Facebook", "WhatsApp", "Copier le lien"),
    search="Rechercher",
    login="Se connecter",
    next="Suivant",
    previous="Précédent",
    advert="Publicité",
    letter="Recevez chaque matin la lettre d'information de la rédaction",
    comments="Commentaires",
    credit="Par",
    imprint="Tous droits réservés. Directrice de la publication : Odile Ferrand.",
    sponsored="Contenu partenaire",
    sponsored_text="Ce contenu a été payé par un partenaire. Le produit numéro {n} est à moins {n} pour cent pour toute commande passée ce mois-ci.",
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
