"""Names of people and places; the people and communes are made up."""

from __future__ import annotations


def _listed(text: str) -> tuple[str, ...]:
    return tuple(text.split("|"))


SURNAMES = _listed(
    "Nguyễn|Trần|Lê|Phạm|Hoàng|Phan|Vũ|Đặng|Bùi|Đỗ|Hồ|Ngô|Dương|Lý|Đinh|Mai|Trịnh|Đoàn|"
    "Lương|Tạ|Chu|Cao|Thái|Hà|Tô|Quách|Lại|Nông|Vi|Hứa|Kiều"
)

MIDDLE = _listed(
    "Văn|Thị|Hữu|Đức|Minh|Quang|Thanh|Ngọc|Xuân|Thu|Hải|Đình|Công|Quốc|Bá|Khánh|Tuấn|"
    "Hồng|Kim|Thế|Trọng|Mạnh|Gia|Bảo|Anh|Diệu|Tường|Nhật|Phúc|Tiến"
)

GIVEN = _listed(
    "An|Bình|Cường|Dũng|Duy|Đạt|Giang|Hà|Hải|Hạnh|Hiếu|Hòa|Hoàn|Hùng|Hương|Huy|Khoa|Kiên|"
    "Lam|Lan|Linh|Loan|Long|Lộc|Mai|Nam|Nga|Ngân|Nghĩa|Nhung|Oanh|Phong|Phương|Quân|Quyên|"
    "Sơn|Tâm|Thảo|Thịnh|Thắng|Thủy|Toàn|Trang|Trung|Tú|Tùng|Tuyết|Uyên|Vân|Việt|Vinh|Yến"
)

PEN_NAMES = _listed(
    "Linh Khang|Mạnh Quý|Thu Trà|Hữu Lâm|Lê Diệp|Hồng Châu|Xuân Bách|Đình Khôi|"
    "Ngọc Thùy|Bùi Thạch|Quốc An|Chu Bích Hà|Giang Miên|Đậu Minh Trí|Hoàng Sa Lý|"
    "Phương Chi|Trần Việt Bắc|Thanh Trà|Minh Thư|Hải Đường|Vũ Sinh Nam|Tạ Nguyên|"
    "Lý Thanh Bình|Kiều Oanh|Nông Thị Huệ|Phan Anh Thái|Khánh Vy|Đức Hiếu Nam|Tường Lam|"
    "Mai Hạ|Hà Thái Sơn|Diệu Linh Anh"
)

PROVINCES = _listed(
    "Hà Nội|Thành phố Hồ Chí Minh|Hải Phòng|Đà Nẵng|Cần Thơ|Huế|An Giang|Bắc Ninh|Cà Mau|"
    "Cao Bằng|Đắk Lắk|Điện Biên|Đồng Nai|Đồng Tháp|Gia Lai|Hà Tĩnh|Hưng Yên|Khánh Hòa|"
    "Lai Châu|Lạng Sơn|Lào Cai|Lâm Đồng|Nghệ An|Ninh Bình|Phú Thọ|Quảng Ngãi|Quảng Ninh|"
    "Quảng Trị|Sơn La|Tây Ninh|Thái Nguyên|Thanh Hóa|Tuyên Quang|Vĩnh Long"
)

COMMUNES = _listed(
    "Thượng Lâm|Bình Hòa Đông|Tân Mỹ|Phú Lương|Yên Sở|Đông Hải|Hòa Tiến|Mỹ Thuận|Nam Cường|"
    "Long Điền|Vĩnh Khê|Thạch Bình|Ea Nam|Krông Bút|Mường Chà Nưa|Nậm Mười|Sơn Kim|Tân Phong|"
    "An Thạnh|Bàu Cạn|Suối Cát|Đại Đồng|Hưng Thịnh|Quảng Phú|Cẩm Lĩnh|Trà Giang|Vạn Lộc|"
    "Gia Hưng|Phước Hải|Kim Long|Xuân Áng|Tam Đa|Lộc Ninh|Bến Giằng|Hòn Khói|Trung Nghĩa|"
    "Minh Tân|Thanh Vân|Đức Liễu|Ia Pếch|Chiềng Khoa|Lũng Phình|Cồn Én|Tân Hưng|Thới Bình"
)

CITIES = _listed(
    "Bangkok|Jakarta|Tokyo|Seoul|New Delhi|Canberra|Paris|Berlin|Rome|Madrid|London|Brussels|"
    "Warsaw|Cairo|Nairobi|Pretoria|Brasilia|Buenos Aires|Ottawa|Mexico City|Ankara|Riyadh|"
    "Doha|Manila|Vientiane|Phnom Penh|Kuala Lumpur|Singapore|Ulaanbaatar|Astana"
)
