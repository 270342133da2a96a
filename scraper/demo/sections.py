"""The sections of the portal: the real names and ids, facts of its navigation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property


@dataclass(frozen=True)
class Section:
    """A section; *parent* is the id of its top-level section, 0 for those."""

    slug: str
    id: int
    parent: int
    name: str

    @cached_property
    def stem(self) -> str:
        """The address without its ending: ``/phap-luat-475ct0``."""
        return f"/{self.slug}-{self.id}ct{self.parent}"

    @property
    def path(self) -> str:
        return f"{self.stem}.htm"

    @property
    def top(self) -> int:
        return self.parent or self.id

    def is_in(self, section: Section) -> bool:
        """Return True if this is *section* or one of its children."""
        return section.id in (self.id, self.parent)


_TABLE = """
thoi-su 472 0 7 Thời sự
chinh-tri 321 472 - Chính trị
chinh-sach-va-cuoc-song 603 472 - Chính sách và cuộc sống
chinh-phu-voi-nguoi-dan 589 472 - Chính phủ với người dân
viet-nam-ky-nguyen-moi 1622 472 - Việt Nam: Kỷ nguyên mới
xay-dung-dang 1623 472 - Xây dựng Đảng
phan-hoi-phan-bien 473 472 - Phản hồi - Phản biện
the-gioi 130 0 7 Thế giới
phan-tich-nhan-dinh 525 130 - Phân tích-Nhận định
chuyen-la-the-gioi 162 130 - Chuyện lạ thế giới
nguoi-viet-4-phuong 478 130 - Người Việt 4 phương
kinh-te 128 0 6 Kinh tế
thi-truong-tai-chinh 587 128 - Thị trường - Tài chính
doanh-nghiep-doanh-nhan 145 128 - Doanh nghiệp - Doanh nhân
bat-dong-san 144 128 - Bất động sản
tai-chinh-ngan-hang 606 128 - Tài chính – Ngân hàng
nguoi-tieu-dung 147 128 - Người tiêu dùng
xa-hoi 129 0 6 Xã hội
van-de-quan-tam 149 129 - Vấn đề quan tâm
phong-su-dieu-tra 581 129 - Phóng sự điều tra
nguoi-tot-viec-tot 588 129 - Người tốt - Việc tốt
mang-xa-hoi 604 129 - Mạng xã hội
phap-luat 475 0 6 Pháp luật
van-ban-moi 577 475 - Văn bản mới
an-ninh-trat-tu 579 475 - An ninh trật tự
chong-buon-lau-hang-gia 590 475 - Chống buôn lậu - hàng giả
don-thu-ban-doc 607 475 - Đơn thư bạn đọc
van-hoa 158 0 5 Văn hóa
doi-song-van-hoa 272 158 - Đời sống văn hóa
giai-tri-sao 274 158 - Giải trí
du-lich 132 158 - Du lịch
am-thuc 576 158 - Ẩm thực
giao-duc 135 0 4 Giáo dục
tuyen-sinh 325 135 - Tuyển sinh
du-hoc 480 135 - Du học
ban-tron-giao-duc 311 135 - Bàn tròn giáo dục
the-thao 273 0 5 Thể thao
bong-da 547 273 - Bóng đá
tennis 549 273 - Tennis
the-thao-24h 548 273 - Thể thao 24h
ho-so 133 0 3 Hồ sơ
giai-mat 541 133 - Giải mật
dau-an-su-kien 562 133 - Nhân vật - Sự kiện
quan-su 514 0 3 Quân sự
quoc-phong 593 514 - Quốc phòng
vu-khi-khi-tai 557 514 - Vũ khí khí tài
khoa-hoc-cong-nghe 131 0 4 Khoa học - Công nghệ
dien-tu-vien-thong 492 131 - Điện tử - Viễn thông
khoa-hoc-doi-song 515 131 - Khoa học đời sống
bien-dao-viet-nam 537 0 3 Biển đảo
bao-ve-chu-quyen 538 537 - Bảo vệ chủ quyền
kinh-te-bien-dao 574 537 - Kinh tế biển đảo
suc-khoe 564 0 4 Y tế
dich-benh 610 564 - Dịch bệnh
benh-vien-bac-si 611 564 - Bệnh viện – Bác sĩ
dia-phuong 529 0 4 Địa phương
ha-noi 612 529 - Hà Nội
tp-ho-chi-minh 613 529 - TP Hồ Chí Minh
"""


def _read() -> tuple[dict[int, Section], dict[int, int]]:
    sections, weights = {}, {}
    for line in _TABLE.strip().splitlines():
        slug, number, parent, weight, name = line.split(" ", 4)
        sections[int(number)] = Section(slug, int(number), int(parent), name)
        if weight != "-":
            weights[int(number)] = int(weight)
    return sections, weights


SECTIONS, _WEIGHTS = _read()
"""Every section by its id, in the order of the navigation."""


class Directory:
    """The sections of a portal: by their ids in the order of the menu, by their slugs."""

    def __init__(self, sections: dict[int, Section]) -> None:
        self.by_id = sections
        self.by_slug = {section.slug: section for section in sections.values()}
        self.top = tuple(s for s in sections.values() if not s.parent)

    def renamed(self, section: Section) -> Directory:
        """Return these sections with *section* in the place of the one of its id."""
        return Directory(self.by_id | {section.id: section})


DIRECTORY = Directory(SECTIONS)
TOP = DIRECTORY.top
PHOTOS = Section("anh", 0, 0, "Ảnh")
"""Where photo stories live; their articles are listed by the other sections."""

ADVERTORIALS = Section(
    "doanh-nghiep-san-pham-dich-vu", 545, 0, "doanh nghiệp - Sản phẩm - Dịch vụ"
)


def children(top: Section) -> list[Section]:
    return [s for s in SECTIONS.values() if s.parent == top.id]


def _cycle() -> tuple[Section, ...]:
    slots: list[Section] = []
    for top in TOP:
        family = [top, *children(top)]
        slots += (family[i % len(family)] for i in range(_WEIGHTS[top.id]))
    return tuple(slots)


CYCLE = _cycle()
"""One section a position: 67 (a prime) articles in a row fill each position once."""

_STRIDE = 29


def section_at(n: int) -> Section:
    """Return the section of article *n*."""
    return CYCLE[n * _STRIDE % len(CYCLE)]


@cache
def positions(section: Section) -> tuple[int, ...]:
    """Return which n modulo ``len(CYCLE)`` *section* lists, children's included."""
    return tuple(n for n in range(len(CYCLE)) if section_at(n).is_in(section))
