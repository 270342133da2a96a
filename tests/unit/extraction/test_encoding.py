from __future__ import annotations

import pytest

from scraper.extraction.encoding import decode_bytes

JAPANESE = (
    "市立図書館は土曜日、改装した閲覧室を公開した。窓際の席が二十増え、"
    "子ども向けの本棚も低くなった。館長は「静かに長く過ごせる場所にしたい」と話した。"
)
KOREAN = (
    "시립 도서관이 토요일 새로 단장한 열람실을 공개했다. 창가 자리가 스무 개 늘었고 "
    "어린이 책장도 낮아졌다. 관장은 오래 머물 수 있는 곳이 되기를 바란다고 말했다."
)
CHINESE = (
    "市立圖書館星期六開放了重新裝修的閱覽室。靠窗的座位增加了二十個，"
    "兒童書架也降低了。館長說，希望這裡成為大家願意久坐的地方。"
)
SIMPLIFIED = (
    "市立图书馆星期六开放了重新装修的阅览室。靠窗的座位增加了二十个，"
    "儿童书架也降低了。馆长说，希望这里成为大家愿意久坐的地方。"
)
RUSSIAN = (
    "Городская библиотека в субботу открыла обновлённый читальный зал. У окон "
    "добавили двадцать мест, а полки для детей сделали ниже."
)
GREEK = (
    "Η δημοτική βιβλιοθήκη άνοιξε το Σάββατο την ανακαινισμένη αίθουσα ανάγνωσης. "
    "Δίπλα στα παράθυρα μπήκαν είκοσι νέες θέσεις."
)
THAI = (
    "ห้องสมุดประจำเมืองเปิดห้องอ่านหนังสือที่ปรับปรุงใหม่เมื่อวันเสาร์ "
    "มีที่นั่งริมหน้าต่างเพิ่มขึ้นยี่สิบที่ และชั้นหนังสือเด็กก็ต่ำลง"
)
FRENCH = (
    "La bibliothèque a rouvert samedi sa salle de lecture rénovée. Près des fenêtres, "
    "vingt places ont été ajoutées, et les étagères des enfants ont été abaissées."
)
POLISH = (
    "Biblioteka miejska otworzyła w sobotę odnowioną czytelnię. Przy oknach dodano "
    "dwadzieścia miejsc, a półki dla dzieci są niższe. Kierowniczka mówi, że chce, żeby "
    "było to miejsce, w którym można posiedzieć dłużej."
)
VIETNAMESE = (
    "Thư viện thành phố mở lại phòng đọc vào thứ bảy. Các bàn cạnh cửa sổ được thêm hai "
    "mươi chỗ, và kệ sách của trẻ em cũng thấp hơn. Giám đốc nói rằng những người đến "
    "đây sẽ không phải chờ lâu như trước, còn sách mới đã về đủ từ tuần này."
)
LEGACY = [
    (JAPANESE, "shift_jis"),
    (JAPANESE, "euc_jp"),
    (KOREAN, "euc_kr"),
    (CHINESE, "big5"),
    (SIMPLIFIED, "gb18030"),
    (RUSSIAN, "cp1251"),
    (RUSSIAN, "koi8_r"),
    (GREEK, "cp1253"),
    (THAI, "cp874"),
    (FRENCH, "cp1252"),
    (POLISH, "cp1250"),
]


def page(text, head=""):
    menu = '<ul><li><a href="/">Home</a></li><li><a href="/n">News</a></li></ul>'
    return f"<html><head>{head}<title>{text[:2]}</title></head>{menu}<p>{text}</p>"


@pytest.mark.parametrize(("text", "encoding"), LEGACY)
def test_an_encoding_that_nothing_declares_is_detected(text, encoding):
    assert decode_bytes(page(text).encode(encoding)) == page(text)


@pytest.mark.parametrize("declared", ["utf-8", "iso-8859-1", "windows-1252"])
@pytest.mark.parametrize(("text", "encoding"), LEGACY[:9])
def test_a_text_that_contradicts_the_header_outranks_it(text, encoding, declared):
    whole = page(text * 3)
    assert decode_bytes(whole.encode(encoding), declared) == whole


@pytest.mark.parametrize(("text", "encoding"), LEGACY)
def test_a_declared_encoding_that_fits_is_believed(text, encoding):
    head = f'<meta charset="{encoding}">'
    short = page(text[:24], head)
    assert decode_bytes(short.encode(encoding)) == short


def test_a_declaration_far_down_the_head_is_found():
    head = f'<script>{"var a = 1;" * 600}</script><meta charset="koi8-r">'
    short = page("Зал открыт", head)
    assert decode_bytes(short.encode("koi8_r")) == short


def test_few_accents_are_no_evidence_against_a_latin_declaration():
    short = page("Zażółć gęślą jaźń")
    assert decode_bytes(short.encode("cp1250"), "windows-1250") == short
    assert decode_bytes(b"<p>ca\xe7a e p\xe3o</p>") == "<p>caça e pão</p>"


def test_the_declared_one_of_two_related_encodings_is_believed():
    whole = page(POLISH * 4)
    assert decode_bytes(whole.encode("iso8859_2"), "iso-8859-2") == whole


@pytest.mark.parametrize("stray", [b"\xff", b"\x92", b"\xe9", b"\xba\xa5"])
@pytest.mark.parametrize("text", [VIETNAMESE, RUSSIAN, JAPANESE])
def test_a_stray_byte_does_not_change_the_encoding(text, stray):
    raw = page(text).encode() + b"<p>a" + stray + b"b</p>" + page(text).encode()
    found = decode_bytes(raw)
    assert found.count(f"<p>{text}</p>") == 2
    assert "\ufffd" not in found


@pytest.mark.parametrize("cut", ["ế".encode()[:2], "é".encode()[:1], "字".encode()[:2]])
def test_a_character_cut_in_half_is_left_out(cut):
    raw = page(VIETNAMESE).encode() + b'<meta content="abc' + cut + b'">'
    assert decode_bytes(raw).endswith('<meta content="abc">')


def test_windows_1252_between_utf_8_keeps_its_letters():
    raw = page(FRENCH).encode() + "<p>L’été à Sète, École ; À Nîmes</p>".encode(
        "cp1252"
    )
    assert decode_bytes(raw).endswith("<p>L’été à Sète, École ; À Nîmes</p>")


def test_utf_8_between_windows_1252_keeps_its_letters():
    raw = (
        page(FRENCH).encode("cp1252") + "<p>L’été à Sète, École ; À Nîmes</p>".encode()
    )
    assert decode_bytes(raw).endswith("<p>L’été à Sète, École ; À Nîmes</p>")


@pytest.mark.parametrize(
    ("text", "between"),
    [
        (FRENCH, "latin-1"),
        (FRENCH, "cp1252"),
        (VIETNAMESE, "latin-1"),
        (RUSSIAN, "latin-1"),
    ],
)
def test_text_that_was_encoded_twice_is_decoded_twice(text, between):
    twice = page(text).encode().decode(between)
    assert decode_bytes(twice.encode()) == page(text)


def test_a_few_capitals_before_a_quotation_mark_are_no_text_encoded_twice():
    text = "“AMANHÃ” e “MAÇÔ são “IRMÃ” e “MANHÃ” e “LÔ e «ROMû, «MAÇû"
    assert decode_bytes(page(text).encode()) == page(text)


def test_a_page_keeps_the_replacement_character_that_it_holds():
    assert decode_bytes("<p>a\ufffdb</p>".encode()) == "<p>a\ufffdb</p>"


def test_undecodable_bytes_of_a_declared_encoding_are_left_out():
    raw = page(JAPANESE * 3).encode("shift_jis") + b"<p>\x81\x20z</p>"
    assert "\ufffd" not in decode_bytes(raw, "shift_jis")


def test_text_that_was_encoded_three_times_is_decoded_as_often():
    often = page(FRENCH).encode().decode("latin-1").encode().decode("latin-1")
    assert decode_bytes(often.encode()) == page(FRENCH)


@pytest.mark.parametrize("text", ["25\xa0°\xa0C", "hööö", "naïve…”"])
def test_a_few_characters_are_western_if_nothing_declares_them(text):
    assert decode_bytes(text.encode("cp1252")) == text


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [CHINESE, SIMPLIFIED.replace("市", "一"), KOREAN])
def test_utf_16_without_a_mark_is_known_by_its_first_tag(text, encoding):
    page = f"\n<html><body><h1>{text}</h1></body></html>"
    assert decode_bytes(page.encode(encoding)) == page
