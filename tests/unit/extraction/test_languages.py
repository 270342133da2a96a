from __future__ import annotations

import tomllib
from dataclasses import fields
from importlib.resources import files

import pytest

from scraper.extraction import languages
from scraper.extraction.languages import Phrases, detect_language, phrases
from scraper.reading import read
from scraper.text import compare_key, words
from tests.unit.extraction.kit import ENGLISH, FRENCH, VIETNAMESE, paragraphs, story

GERMAN = (
    "Der Bus mit den Büchern kam noch vor der Sonne auf den Hof der Schule, und die Kinder "
    "standen schon an der nassen Mauer, weil sie nicht länger warten wollten."
)
NUMBERS = "3 4 7 9 12 18 22 31 40 55 63 71 88 90 104 117 123 140 155 160 171 188"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ".join(VIETNAMESE), "vi"),
        (" ".join(ENGLISH), "en"),
        (" ".join(FRENCH), "fr"),
        (GERMAN, "de"),
        (NUMBERS, ""),
        (ENGLISH[0][:40], ""),
    ],
)
def test_a_language_is_told_by_its_function_words(text, code):
    assert detect_language(words(text)) == code


def test_a_page_that_declares_no_language_has_that_of_its_text():
    assert read(story(paragraphs(FRENCH), lang="")).language == "fr"


def test_what_a_page_declares_is_believed():
    assert read(story(paragraphs(FRENCH), lang="en")).language == "en"


OTHERS = {
    "sv": "Bussen med böckerna kom till skolan innan solen hade gått upp, och barnen stod "
    "redan vid muren eftersom de inte ville vänta längre på att få låna något nytt.",
    "no": "Bussen med bøkene kom til skolen før sola var oppe, og barna sto allerede ved "
    "muren fordi de ikke ville vente lenger på å få låne noe nytt av den unge sjåføren.",
    "pl": "Autobus z książkami przyjechał do szkoły jeszcze przed świtem, a dzieci stały "
    "już przy murze, bo nie chciały czekać dłużej na to, co będzie można wypożyczyć.",
    "tr": "Kitap otobüsü gün doğmadan okula geldi ve çocuklar daha fazla beklemek "
    "istemedikleri için bir saat önce duvarın yanında, her biri için yeni olan kitaplar ile bekledi.",
    "hu": "A könyves busz még napkelte előtt ért az iskolához, és a gyerekek már a fal "
    "mellett álltak, mert nem akartak tovább várni, hogy egy új könyvet is vihessenek.",
    "ro": "Autobuzul cu cărți a ajuns la școală înainte de răsărit, iar copiii erau deja "
    "lângă zid pentru că nu mai voiau să aștepte până când pot lua o carte nouă și bună.",
    "ru": "Автобус с книгами приехал к школе ещё до рассвета, и дети уже стояли у стены, "
    "потому что не хотели больше ждать, когда можно будет взять что-то новое.",
    "uk": "Автобус із книжками приїхав до школи ще до світанку, і діти вже стояли біля "
    "стіни, бо не хотіли більше чекати, коли можна буде взяти щось нове.",
    "bg": "Автобусът с книгите дойде до училището още преди изгрев и децата вече стояха "
    "до стената, защото не искаха да чакат повече, за да вземат нещо ново за вкъщи.",
    "ja": "本を積んだバスは夜明け前に学校へ着き、子どもたちはもう壁のそばに並んでいた。"
    "新しい本を早く借りたかったからだ。",
    "zh": "装着书的汽车在天亮以前就到了学校，孩子们早已站在墙边，因为他们不想再等，"
    "都希望早一点借到新书，带回家去读给弟弟妹妹听。",
    "ko": "책을 실은 버스는 해가 뜨기 전에 학교에 도착했고 아이들은 벌써 담장 옆에 서 있었다. "
    "새 책을 빌리려고 더 기다리고 싶지 않았기 때문이다.",
    "th": "รถหนังสือมาถึงโรงเรียนก่อนรุ่งสาง และเด็กๆ ยืนรออยู่ข้างกำแพงแล้ว เพราะไม่อยากรอนานกว่านี้",
    "fa": "اتوبوس کتاب پیش از سپیده به مدرسه رسید و بچه‌ها کنار دیوار ایستاده بودند "
    "چون نمی‌خواستند بیشتر منتظر بمانند و کتاب تازه‌ای بگیرند.",
    "ar": "وصلت حافلة الكتب إلى المدرسة قبل الفجر، وكان الأطفال يقفون إلى جانب الجدار "
    "لأنهم لم يرغبوا في الانتظار أكثر من ذلك للحصول على كتاب جديد.",
    "hi": "किताबों वाली बस सूरज निकलने से पहले स्कूल पहुँची और बच्चे पहले से दीवार के पास खड़े थे "
    "क्योंकि वे और इंतज़ार नहीं करना चाहते थे।",
    "el": "Το λεωφορείο με τα βιβλία έφτασε στο σχολείο πριν ξημερώσει και τα παιδιά "
    "στέκονταν ήδη δίπλα στον τοίχο.",
}


OTHERS |= {
    "az": "Kitab avtobusu məktəbə gün çıxmamış gəldi və uşaqlar artıq divarın yanında "
    "durmuşdular, çünki yeni kitabları tez götürmək istəyirdilər. Sürücü dedi ki, belə səhər görməyib.",
    "is": "Bókabíllinn kom að skólanum fyrir sólarupprás og börnin stóðu þegar við vegginn "
    "því þau vildu ekki bíða lengur eftir að fá lánaðar nýjar bækur hjá bílstjóranum.",
    "lt": "Knygų autobusas atvyko į mokyklą dar prieš aušrą, ir vaikai jau stovėjo prie "
    "sienos, nes nenorėjo ilgiau laukti, kol galės pasiimti naujų knygų į namus.",
    "lv": "Grāmatu autobuss ieradās skolā vēl pirms rītausmas, un bērni jau stāvēja pie "
    "sienas, jo negribēja ilgāk gaidīt, kad varēs paņemt jaunas grāmatas līdzi.",
    "km": "ឡានសៀវភៅបានមកដល់សាលារៀនមុនថ្ងៃរះ ហើយក្មេងៗឈរក្បែរជញ្ជាំងរួចទៅហើយ",
    "lo": "ລົດປຶ້ມມາຮອດໂຮງຮຽນກ່ອນຕາເວັນຂຶ້ນ ແລະເດັກນ້ອຍຢືນຢູ່ຂ້າງກຳແພງແລ້ວ",
    "my": "စာအုပ်ကားက နေမထွက်ခင် ကျောင်းကို ရောက်ခဲ့ပြီး ကလေးတွေ နံရံဘေးမှာ ရပ်နေကြပြီ",
    "mn": "Номын автобус үүр цайхаас өмнө сургуульд ирэхэд хүүхдүүд ханын дэргэд зогсож, "
    "шинэ ном хурдан авахыг хүсэж байлаа.",
    "ps": "د کتابونو بس د لمر له ختو مخکې ښوونځي ته ورسېد او ماشومان له دېوال سره ولاړ وو "
    "ځکه چې نوي کتابونه يې غوښتل.",
    "ta": "சூரியன் உதிக்கும் முன் புத்தகப் பேருந்து பள்ளிக்கு வந்தது, குழந்தைகள் ஏற்கனவே நின்றனர்",
}


@pytest.mark.parametrize("code", OTHERS)
def test_the_languages_of_many_scripts_are_told(code):
    assert detect_language(words(OTHERS[code])) == code


@pytest.mark.parametrize("text", ["渡口", "Αθήνα και Πάτρα", "Название по-русски"])
def test_few_letters_of_a_script_tell_no_language(text):
    assert detect_language(words(text)) == ""


def test_names_in_another_script_do_not_make_the_language():
    quoted = f"{' '.join(ENGLISH)} (川辺の図書館, Александр Иванович Куприянов)"
    assert detect_language(words(quoted)) == "en"


@pytest.mark.parametrize("declared", ["en", "en-US", "vi", "vn", "de", "kr"])
@pytest.mark.parametrize("code", ["ja", "ko", "th", "ru", "ar", "el"])
def test_a_language_in_other_letters_than_the_declared_one_is_detected(code, declared):
    page = story(paragraphs([OTHERS[code]] * 3), title=OTHERS[code][:30], lang=declared)
    assert read(page).language == code


@pytest.mark.parametrize("declared", ["sr", "uz", "kk", "ru"])
def test_a_language_of_several_scripts_is_believed(declared):
    page = story(paragraphs([OTHERS["ru"]] * 3), title="Автобус", lang=declared)
    assert read(page).language == declared


@pytest.mark.parametrize(
    "text",
    [
        "渡口周五上午正式恢复通航，村民排队等候新船",
        "駅前の図書館が二年ぶりに改装を終えて再開した。",
    ],
)
def test_a_sentence_of_a_script_without_spaces_tells_its_language(text):
    assert detect_language(words(text)) in {"zh", "ja"}


FILES = sorted(e.name for e in files(languages).iterdir() if e.name.endswith(".toml"))


def listed(name):
    return tomllib.loads((files(languages) / name).read_text("utf-8"))


def test_vietnamese_english_and_french_are_known_whole():
    known = {name: set(listed(name)) for name in FILES}
    for name in ("en.toml", "fr.toml", "vi.toml"):
        assert {"residual", "byline_labels", "walls", "function_words"} <= known[name]


@pytest.mark.parametrize("name", FILES)
def test_a_language_file_holds_the_known_lists_and_no_other(name):
    assert set(listed(name)) <= {field.name for field in fields(Phrases)}


@pytest.mark.parametrize("name", FILES)
def test_every_entry_of_a_language_is_among_the_phrases_of_all(name):
    for field, values in listed(name).items():
        assert {compare_key(value) for value in values} <= getattr(phrases(), field)


@pytest.mark.parametrize("name", FILES)
def test_no_entry_of_a_language_stands_twice(name):
    for field, values in listed(name).items():
        assert len(values) == len(set(values)), field


def test_phrases_are_compared_without_case_and_tone_placement():
    assert compare_key("TỪ KHOÁ") in phrases().residual
