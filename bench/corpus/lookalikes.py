"""Articles that look alike and are no copies: bulletins and reports of one template.

Two of a kind have the same frame and much of the same wording; what they say differs:
names, numbers and what a stock of phrases offers, as in the reports that portals print
every day. Invented teams, places and figures.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from bench.corpus.articles import NOW, rare_name
from bench.corpus.making import make_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Article

_TEAMS = ("Sông Hậu", "Bình Sơn", "Hải Vân", "Đông Triều", "Thành Trung", "Tân An")
_GROUNDS = ("Tam Kỳ", "Hòa Xuân", "Cẩm Phả", "Vinh Quang", "Gò Đậu")
_SKIES = (
    "Có mây, đêm có mưa vài nơi, ngày nắng",
    "Nhiều mây, có mưa, mưa nhỏ và sương mù rải rác, trưa chiều trời nắng",
    "Có mây, chiều tối và đêm có mưa rào và dông vài nơi, ngày nắng",
    "Nhiều mây, có mưa rào và rải rác có dông, cục bộ có mưa to",
    "Có mây, không mưa, ngày nắng nóng",
)
_WINDS = (
    "Gió nhẹ",
    "Gió Đông đến Đông Nam cấp 2-3",
    "Gió Tây Nam cấp 2-3, vùng ven biển có nơi cấp 4",
    "Gió Đông Bắc cấp 3, vùng ven biển cấp 4-5",
)
_REGIONS = (
    "Phía Tây Bắc Bộ",
    "Phía Đông Bắc Bộ",
    "Thủ đô Hà Nội",
    "Các tỉnh từ Thanh Hóa đến Huế",
    "Các tỉnh duyên hải Nam Trung Bộ",
    "Khu vực Tây Nguyên",
    "Các tỉnh Nam Bộ",
)
_BRANDS = ("SJC", "DOJI", "PNJ", "Bảo Tín Minh Châu", "Phú Quý")
_SECTORS = ("ngân hàng", "bất động sản", "thép", "chứng khoán", "bán lẻ", "dầu khí")
_MOODS = (
    "Lực cầu gia tăng về cuối phiên giúp thị trường giữ được sắc xanh",
    "Áp lực bán dâng cao trong phiên chiều khiến thị trường đảo chiều",
    "Tâm lý thận trọng bao trùm khiến dòng tiền đứng ngoài quan sát",
    "Dòng tiền lan tỏa sang nhiều nhóm ngành, thanh khoản cải thiện rõ rệt",
)


def iter_lookalikes(count: int) -> Iterator[list[Article]]:
    """Yield for each kind of report *count* articles, a day apart, at two sites in turn."""
    for kind, write in enumerate((_match, _gold, _weather, _stocks)):
        yield [
            make_article(
                ("Bản tin", write(Random(kind * 10_007 + day))),
                site=day % 2,
                number=900_000 + kind * 1000 + day,
                published_at=NOW - timedelta(days=day),
            )
            for day in range(count)
        ]


def _match(chance: Random) -> list[str]:
    home, away = chance.sample(_TEAMS, 2)
    ground, minute = chance.choice(_GROUNDS), chance.randint
    one, two, three = (rare_name(chance.randrange(10_000)) for _ in range(3))
    return [
        f"Trên sân {ground}, {home} tiếp đón {away} trong khuôn khổ vòng"
        f" {minute(2, 26)} giải vô địch quốc gia và trận đấu kết thúc với tỷ số"
        f" {minute(0, 4)}-{minute(0, 3)}.",
        f"Ngay sau tiếng còi khai cuộc, {home} chủ động dâng cao đội hình và tổ chức"
        f" tấn công. Phút {minute(3, 20)}, từ quả phạt góc bên cánh trái, {one} bật cao"
        f" đánh đầu đưa bóng đi chệch cột dọc trong gang tấc.",
        f"Bước ngoặt của trận đấu đến ở phút {minute(21, 44)} khi {two} nhận đường"
        f" chuyền dài vượt tuyến, loại bỏ một hậu vệ của {away} trước khi dứt điểm chéo"
        " góc, mở tỷ số trận đấu.",
        f"Sang hiệp hai, {away} buộc phải chơi tấn công để tìm kiếm bàn gỡ. Phút"
        f" {minute(50, 70)}, {three} có cơ hội đối mặt với thủ môn đội chủ nhà nhưng cú"
        f" sút của anh không thắng được {rare_name(minute(0, 9999))}.",
        f"Những phút cuối trận, huấn luyện viên {rare_name(minute(0, 9999))} liên tục"
        f" thay người nhằm làm mới hàng công, song tỷ số {minute(0, 4)}-{minute(0, 3)}"
        " được giữ nguyên cho đến khi trọng tài nổi hồi còi mãn cuộc.",
        f"Với kết quả này, {home} có {minute(3, 60)} điểm sau {minute(2, 26)} trận, đứng"
        f" thứ {minute(1, 14)} trên bảng xếp hạng, còn {away} tạm xếp thứ"
        f" {minute(1, 14)} với {minute(3, 60)} điểm.",
    ]


def _gold(chance: Random) -> list[str]:
    number = chance.randint
    return [
        f"Mở cửa phiên giao dịch sáng {number(1, 28)}/{number(1, 12)}, giá vàng trong"
        f" nước {chance.choice(('tăng', 'giảm'))} {number(1, 19)}00.000 đồng/lượng so"
        " với chốt phiên hôm trước.",
        *(
            f"Giá vàng miếng {brand} được niêm yết ở mức {number(70, 120)},{number(0, 9)}"
            f" triệu đồng/lượng mua vào và {number(70, 122)},{number(0, 9)} triệu"
            f" đồng/lượng bán ra, {chance.choice(('tăng', 'giảm'))} {number(1, 9)}00.000"
            " đồng/lượng ở cả hai chiều so với cuối phiên hôm trước."
            for brand in chance.sample(_BRANDS, 4)
        ),
        f"Trên thị trường thế giới, giá vàng giao ngay ở mức {number(2000, 3400)},"
        f"{number(1, 9)} USD/ounce, {chance.choice(('tăng', 'giảm'))} {number(3, 40)}"
        " USD/ounce so với cùng thời điểm phiên liền trước.",
        f"Giá vàng thế giới quy đổi theo tỷ giá Vietcombank tương đương"
        f" {number(70, 110)},{number(0, 9)} triệu đồng/lượng, chưa tính thuế và phí, thấp"
        f" hơn giá vàng trong nước {number(2, 15)},{number(0, 9)} triệu đồng/lượng.",
        f"Tỷ giá trung tâm được Ngân hàng Nhà nước công bố ở mức {number(24, 26)}."
        f"{number(100, 999)} đồng/USD, {chance.choice(('tăng', 'giảm'))} {number(1, 30)}"
        " đồng so với hôm qua.",
    ]


def _weather(chance: Random) -> list[str]:
    low = chance.randint(14, 24)
    return [
        "Theo Trung tâm Dự báo Khí tượng Thủy văn Quốc gia, ngày và đêm"
        f" {chance.randint(1, 28)}/{chance.randint(1, 12)}, thời tiết các khu vực trên cả"
        " nước như sau:",
        *(
            f"{region}: {chance.choice(_SKIES)}. {chance.choice(_WINDS)}. Nhiệt độ thấp"
            f" nhất từ {low + chance.randint(0, 3)}-{low + chance.randint(4, 6)} độ C, cao"
            f" nhất từ {low + chance.randint(7, 9)}-{low + chance.randint(10, 12)} độ C."
            for region in _REGIONS
        ),
        "Trong mưa dông có khả năng xảy ra lốc, sét và gió giật mạnh.",
    ]


def _stocks(chance: Random) -> list[str]:
    number, name = chance.randint, chance.choice
    up = ("tăng", "giảm")
    return [
        f"Kết thúc phiên giao dịch ngày {number(1, 28)}/{number(1, 12)}, VN-Index"
        f" {name(up)} {number(1, 19)},{number(10, 99)} điểm, dừng ở mức"
        f" {number(1100, 1600)},{number(10, 99)} điểm.",
        f"{name(_MOODS)}. Toàn sàn có {number(80, 300)} mã tăng, {number(80, 300)} mã"
        f" giảm và {number(40, 90)} mã đứng giá. Khối lượng giao dịch đạt"
        f" {number(300, 999)} triệu cổ phiếu, giá trị {number(9, 30)}.{number(100, 999)}"
        " tỷ đồng.",
        *(
            f"Ở nhóm cổ phiếu {sector}, sắc {name(('xanh', 'đỏ'))} chiếm ưu thế với"
            f" {number(3, 15)} mã {name(up)} giá, trong đó mã dẫn đầu {name(up)}"
            f" {number(1, 6)},{number(1, 9)}% lên mức {number(10, 90)}.{number(100, 999)}"
            " đồng/cổ phiếu."
            for sector in chance.sample(_SECTORS, 3)
        ),
        f"Khối ngoại {name(('mua', 'bán'))} ròng {number(50, 900)} tỷ đồng trên sàn"
        f" HOSE, tập trung vào các mã vốn hóa lớn.",
        f"Trên sàn Hà Nội, HNX-Index {name(up)} {number(0, 4)},{number(10, 99)} điểm, còn"
        f" {number(200, 260)},{number(10, 99)} điểm. UPCoM-Index {name(up)} 0,"
        f"{number(10, 99)} điểm, lên {number(80, 99)},{number(10, 99)} điểm.",
    ]
