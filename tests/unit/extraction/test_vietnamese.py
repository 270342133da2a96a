from __future__ import annotations

import pytest

from scraper.extraction.encoding import decode_bytes, from_vietnamese_font

TEXT = (
    "Xưởng gốm của làng đã nhận được lò mới. Các thợ trẻ và những người già cùng làm "
    "trong hai tuần, không nghỉ ngày nào. Từ nay lò sẽ nung ở nhiệt độ cao hơn, với ít "
    "củi hơn trước, và khói cũng bớt đi nhiều."
)
IN_TCVN3 = (
    "X­ëng gèm cña lµng ®· nhËn ®­îc lß míi. C¸c thî trÎ vµ nh÷ng ng­êi giµ cïng lµm "
    "trong hai tuÇn, kh«ng nghØ ngµy nµo. Tõ nay lß sÏ nung ë nhiÖt ®é cao h¬n, víi Ýt "
    "cñi h¬n tr­íc, vµ khãi còng bít ®i nhiÒu."
)
IN_VNI = (
    "Xöôûng goám cuûa laøng ñaõ nhaän ñöôïc loø môùi. Caùc thôï treû vaø nhöõng ngöôøi giaø cuøng laøm "
    "trong hai tuaàn, khoâng nghæ ngaøy naøo. Töø nay loø seõ nung ôû nhieät ñoä cao hôn, vôùi ít "
    "cuûi hôn tröôùc, vaø khoùi cuõng bôùt ñi nhieàu."
)


def page(text):
    return f'<html><title>{text.split()[0]}</title><p><font face="x">{text}</font></p></html>'


@pytest.mark.parametrize("font", [IN_TCVN3, IN_VNI])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_text_set_for_a_font_becomes_unicode(font, encoding):
    assert decode_bytes(page(font).encode(encoding)) == page(TEXT)


@pytest.mark.parametrize("font", [IN_TCVN3, IN_VNI])
def test_what_is_unicode_already_stays(font):
    menu = "<p>Giá vàng, chỗ ở, sân cỏ</p><p>Đời sống ở cơ sở</p>"
    assert from_vietnamese_font(menu + page(font)) == menu + page(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "Windows® on ¸x µm: «c'est ça» — prix ¹ et ² · 5 ¸ 6 ¶ ©Reuters",
        "Søren og Jörg så ñandú på øen; ö og ø er bogstaver",
    ],
)
def test_other_text_is_no_such_font(text):
    assert from_vietnamese_font(page(text)) == page(text)


def test_windows_1258_that_nothing_declares_is_detected():
    parts = {"ở": "ơ\u0309", "ố": "ô\u0301", "ủ": "u\u0309", "ậ": "â\u0323"}
    spelt = "".join(parts.get(letter, letter) for letter in TEXT)
    raw = page(spelt).encode("cp1258", "ignore")
    assert "cu\u0309a làng" in decode_bytes(raw)
