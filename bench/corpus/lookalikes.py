"""Articles that look alike and are no near-duplicates: bulletins and reports of one template.

Two of a kind have the same frame and much of the same wording; what they say differs:
names, numbers and what a stock of phrases offers, as in the reports that portals print
every day. In a template ``{2-9}`` is a number, ``{name}`` a person, any other slot one
of STOCK; a line is a paragraph. Teams, places and figures are invented.
"""

from __future__ import annotations

import re
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from bench.corpus.articles import NOW, rare_name
from bench.corpus.making import make_article

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.items import Article

_SLOT = re.compile(r"\{([^}]+)\}")

STOCK = {
    "home": ("Sông Hậu", "Bình Sơn", "Hải Vân"),
    "away": ("Đông Triều", "Thành Trung", "Tân An"),
    "ground": ("Tam Kỳ", "Hòa Xuân", "Cẩm Phả", "Vinh Quang", "Gò Đậu"),
    "way": ("tăng", "giảm"),
    "colour": ("xanh", "đỏ"),
    "deal": ("mua", "bán"),
    "brand": ("SJC", "DOJI", "PNJ", "Bảo Tín Minh Châu", "Phú Quý"),
    "sector": ("ngân hàng", "bất động sản", "thép", "chứng khoán", "bán lẻ", "dầu khí"),
    "sky": (
        "Có mây, đêm có mưa vài nơi, ngày nắng",
        "Nhiều mây, có mưa, mưa nhỏ và sương mù rải rác, trưa chiều trời nắng",
        "Có mây, chiều tối và đêm có mưa rào và dông vài nơi, ngày nắng",
        "Nhiều mây, có mưa rào và rải rác có dông, cục bộ có mưa to",
        "Có mây, không mưa, ngày nắng nóng",
    ),
    "wind": (
        "Gió nhẹ",
        "Gió Đông đến Đông Nam cấp 2-3",
        "Gió Tây Nam cấp 2-3, vùng ven biển có nơi cấp 4",
        "Gió Đông Bắc cấp 3, vùng ven biển cấp 4-5",
    ),
    "mood": (
        "Lực cầu gia tăng về cuối phiên giúp thị trường giữ được sắc xanh",
        "Áp lực bán dâng cao trong phiên chiều khiến thị trường đảo chiều",
        "Tâm lý thận trọng bao trùm khiến dòng tiền đứng ngoài quan sát",
        "Dòng tiền lan tỏa sang nhiều nhóm ngành, thanh khoản cải thiện rõ rệt",
    ),
}

_MATCH = """\
Trên sân {ground}, {home} tiếp đón {away} trong khuôn khổ vòng {2-26} giải vô địch quốc gia và trận đấu kết thúc với tỷ số {0-4}-{0-3}.
Ngay sau tiếng còi khai cuộc, {home} chủ động dâng cao đội hình và tổ chức tấn công. Phút {3-20}, từ quả phạt góc bên cánh trái, {name} bật cao đánh đầu đưa bóng đi chệch cột dọc trong gang tấc.
Bước ngoặt của trận đấu đến ở phút {21-44} khi {name} nhận đường chuyền dài vượt tuyến, loại bỏ một hậu vệ của {away} trước khi dứt điểm chéo góc, mở tỷ số trận đấu.
Sang hiệp hai, {away} buộc phải chơi tấn công để tìm kiếm bàn gỡ. Phút {50-70}, {name} có cơ hội đối mặt với thủ môn đội chủ nhà nhưng cú sút của anh không thắng được {name}.
Những phút cuối trận, huấn luyện viên {name} liên tục thay người nhằm làm mới hàng công, song tỷ số {0-4}-{0-3} được giữ nguyên cho đến khi trọng tài nổi hồi còi mãn cuộc.
Với kết quả này, {home} có {3-60} điểm sau {2-26} trận, đứng thứ {1-14} trên bảng xếp hạng, còn {away} tạm xếp thứ {1-14} với {3-60} điểm."""

_BRAND = "Giá vàng miếng {brand} được niêm yết ở mức {70-120},{0-9} triệu đồng/lượng mua vào và {70-122},{0-9} triệu đồng/lượng bán ra, {way} {1-9}00.000 đồng/lượng ở cả hai chiều so với cuối phiên hôm trước.\n"
_GOLD = f"""\
Mở cửa phiên giao dịch sáng {{1-28}}/{{1-12}}, giá vàng trong nước {{way}} {{1-19}}00.000 đồng/lượng so với chốt phiên hôm trước.
{_BRAND * 4}\
Trên thị trường thế giới, giá vàng giao ngay ở mức {{2000-3400}},{{1-9}} USD/ounce, {{way}} {{3-40}} USD/ounce so với cùng thời điểm phiên liền trước.
Giá vàng thế giới quy đổi theo tỷ giá Vietcombank tương đương {{70-110}},{{0-9}} triệu đồng/lượng, chưa tính thuế và phí, thấp hơn giá vàng trong nước {{2-15}},{{0-9}} triệu đồng/lượng.
Tỷ giá trung tâm được Ngân hàng Nhà nước công bố ở mức {{24-26}}.{{100-999}} đồng/USD, {{way}} {{1-30}} đồng so với hôm qua."""

_REGIONS = (
    *("Phía Tây Bắc Bộ", "Phía Đông Bắc Bộ", "Thủ đô Hà Nội"),
    *("Các tỉnh từ Thanh Hóa đến Huế", "Các tỉnh duyên hải Nam Trung Bộ"),
    *("Khu vực Tây Nguyên", "Các tỉnh Nam Bộ"),
)
_WEATHER = "\n".join(
    [
        "Theo Trung tâm Dự báo Khí tượng Thủy văn Quốc gia, ngày và đêm {1-28}/{1-12}, thời tiết các khu vực trên cả nước như sau:",
        *(
            f"{region}: {{sky}}. {{wind}}. Nhiệt độ thấp nhất từ {{17-20}}-{{21-23}} độ C, cao nhất từ {{24-27}}-{{28-31}} độ C."
            for region in _REGIONS
        ),
        "Trong mưa dông có khả năng xảy ra lốc, sét và gió giật mạnh.",
    ]
)

_SECTOR = "Ở nhóm cổ phiếu {sector}, sắc {colour} chiếm ưu thế với {3-15} mã {way} giá, trong đó mã dẫn đầu {way} {1-6},{1-9}% lên mức {10-90}.{100-999} đồng/cổ phiếu.\n"
_STOCKS = f"""\
Kết thúc phiên giao dịch ngày {{1-28}}/{{1-12}}, VN-Index {{way}} {{1-19}},{{10-99}} điểm, dừng ở mức {{1100-1600}},{{10-99}} điểm.
{{mood}}. Toàn sàn có {{80-300}} mã tăng, {{80-300}} mã giảm và {{40-90}} mã đứng giá. Khối lượng giao dịch đạt {{300-999}} triệu cổ phiếu, giá trị {{9-30}}.{{100-999}} tỷ đồng.
{_SECTOR * 3}\
Khối ngoại {{deal}} ròng {{50-900}} tỷ đồng trên sàn HOSE, tập trung vào các mã vốn hóa lớn.
Trên sàn Hà Nội, HNX-Index {{way}} {{0-4}},{{10-99}} điểm, còn {{200-260}},{{10-99}} điểm. UPCoM-Index {{way}} 0,{{10-99}} điểm, lên {{80-99}},{{10-99}} điểm."""

TEMPLATES = {"match": _MATCH, "gold": _GOLD, "weather": _WEATHER, "stocks": _STOCKS}


def iter_lookalikes(count: int) -> Iterator[list[Article]]:
    """Yield for each template *count* articles, a day apart, at two sites in turn."""
    for kind, template in enumerate(TEMPLATES.values()):
        yield [
            make_article(
                _fill(template, Random(kind * 10_007 + day)),
                site=day % 2,
                number=kind * 1000 + day,
                published_at=NOW - timedelta(days=day),
            )
            for day in range(count)
        ]


def _fill(template: str, chance: Random) -> list[str]:
    """Return the paragraphs of *template*; teams stay the same throughout."""
    facts = {name: chance.choice(STOCK[name]) for name in ("home", "away")}

    def fill(found: re.Match[str]) -> str:
        first, _, last = found[1].partition("-")
        if last:
            return str(chance.randint(int(first), int(last)))
        if first == "name":
            return rare_name(chance.randrange(10_000))
        return facts.get(first) or chance.choice(STOCK[first])

    return _SLOT.sub(fill, template).split("\n")
