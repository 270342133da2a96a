"""Pages that stand in an article's place: not there, moved, or a check before it."""

from __future__ import annotations

import pytest

from scraper.items import Kind
from scraper.reading import read
from tests.unit.extraction.kit import ENGLISH, page

GONE = [
    (
        "en",
        "Page not found",
        "We could not find the page you were looking for. It may have been moved or deleted. Please check the address or use the search.",
    ),
    (
        "en",
        "404",
        "Oops! That page can’t be found. It looks like nothing was found at this location. Maybe try one of the links below or a search?",
    ),
    (
        "en",
        "Article no longer available",
        "Sorry, the article you requested is no longer available. It may have expired or been removed from our site.",
    ),
    (
        "vi",
        "Không tìm thấy trang",
        "Trang bạn yêu cầu không tồn tại hoặc đã bị xóa. Vui lòng kiểm tra lại đường dẫn hoặc quay về trang chủ.",
    ),
    (
        "vi",
        "Lỗi 404",
        "Rất tiếc, nội dung bạn tìm kiếm không còn tồn tại. Mời bạn quay lại trang chủ để đọc các tin khác.",
    ),
    (
        "de",
        "Seite nicht gefunden",
        "Die angeforderte Seite konnte leider nicht gefunden werden. Bitte prüfen Sie die Adresse oder nutzen Sie die Suche.",
    ),
    (
        "fr",
        "Page introuvable",
        "La page que vous recherchez est introuvable ou n'existe plus. Vérifiez l'adresse ou revenez à l'accueil.",
    ),
    (
        "es",
        "Página no encontrada",
        "La página que busca no existe o ha sido eliminada. Compruebe la dirección o vuelva a la portada.",
    ),
    (
        "pt",
        "Página não encontrada",
        "A página que você procura não foi encontrada ou não existe mais. Verifique o endereço ou volte à página inicial.",
    ),
    (
        "it",
        "Pagina non trovata",
        "La pagina che stai cercando non esiste o è stata rimossa. Controlla l'indirizzo o torna alla home.",
    ),
    (
        "ru",
        "Страница не найдена",
        "Запрашиваемая страница не найдена или была удалена. Проверьте адрес или вернитесь на главную.",
    ),
    (
        "ja",
        "ページが見つかりません",
        "お探しのページは見つかりませんでした。削除されたか、URLが変更された可能性があります。トップページからお探しください。",
    ),
    (
        "zh",
        "页面不存在",
        "抱歉，您访问的页面不存在或已被删除。请检查网址是否正确，或返回首页。",
    ),
    (
        "ko",
        "페이지를 찾을 수 없습니다",
        "요청하신 페이지를 찾을 수 없습니다. 주소가 변경되었거나 삭제되었을 수 있습니다. 홈으로 돌아가 주세요.",
    ),
    (
        "nl",
        "Pagina niet gevonden",
        "De pagina die u zoekt bestaat niet of is verwijderd. Controleer het adres of ga terug naar de voorpagina.",
    ),
    (
        "pl",
        "Nie znaleziono strony",
        "Strona, której szukasz, nie istnieje lub została usunięta. Sprawdź adres lub wróć na stronę główną.",
    ),
    (
        "sv",
        "Sidan kunde inte hittas",
        "Sidan du söker finns inte eller har tagits bort. Kontrollera adressen eller gå till startsidan.",
    ),
    (
        "tr",
        "Sayfa bulunamadı",
        "Aradığınız sayfa bulunamadı ya da kaldırılmış olabilir. Lütfen adresi kontrol edin veya ana sayfaya dönün.",
    ),
    (
        "id",
        "Halaman tidak ditemukan",
        "Halaman yang Anda cari tidak ditemukan atau sudah dihapus. Silakan periksa alamat atau kembali ke beranda.",
    ),
    (
        "th",
        "ไม่พบหน้าที่ต้องการ",
        "ขออภัย ไม่พบหน้าที่คุณต้องการ หน้าดังกล่าวอาจถูกลบหรือย้ายไปแล้ว กรุณาตรวจสอบที่อยู่หรือกลับไปหน้าแรก",
    ),
    (
        "ar",
        "الصفحة غير موجودة",
        "عذرا، الصفحة التي تبحث عنها غير موجودة أو تم حذفها. يرجى التحقق من العنوان أو العودة إلى الصفحة الرئيسية.",
    ),
]
MOVED = [
    (
        "en",
        "Moved",
        "This page has moved. If you are not redirected automatically, follow this <a href='/new'>link</a>.",
    ),
    ("en", "301 Moved Permanently", "The document has moved <a href='/new'>here</a>."),
    (
        "en",
        "Redirecting",
        "You are being redirected to <a href='/new'>the new address</a>. Please wait.",
    ),
    (
        "vi",
        "Đang chuyển hướng",
        "Trang đã được chuyển đến địa chỉ mới. Nếu trình duyệt không tự chuyển, hãy bấm vào <a href='/new'>đây</a>.",
    ),
    (
        "de",
        "Weiterleitung",
        "Sie werden weitergeleitet. Falls nicht, klicken Sie bitte <a href='/n'>hier</a>.",
    ),
    (
        "fr",
        "Redirection",
        "Vous allez être redirigé vers la nouvelle page. Sinon, <a href='/n'>cliquez ici</a>.",
    ),
    ("en", "Object moved", "Object moved to <a href='/new'>here</a>."),
    (
        "ja",
        "移転",
        "このページは移転しました。自動的に移動しない場合は<a href='/n'>こちら</a>をクリックしてください。",
    ),
]
CHECKS = [
    (
        "en",
        "Just a moment...",
        "Checking your browser before accessing river.example. This process is automatic. Your browser will redirect to your requested content shortly. Please allow up to 5 seconds.",
    ),
    (
        "en",
        "Access denied",
        "You do not have permission to access this page. Reference number 18.2f3c. If you think this is an error, contact the site owner.",
    ),
    (
        "en",
        "Are you a robot?",
        "Please complete the security check to continue. We have detected unusual traffic from your network. Enable JavaScript and cookies to continue.",
    ),
    (
        "en",
        "Verify you are human",
        "river.example needs to review the security of your connection before proceeding. Verify you are human by completing the action below.",
    ),
    (
        "en",
        "Pardon Our Interruption",
        "As you were browsing something about your browser made us think you were a bot. Make sure JavaScript and cookies are enabled.",
    ),
    (
        "vi",
        "Xác minh",
        "Vui lòng xác nhận bạn không phải là robot để tiếp tục truy cập. Hệ thống phát hiện lưu lượng bất thường từ mạng của bạn.",
    ),
    (
        "de",
        "Zugriff verweigert",
        "Bitte bestätigen Sie, dass Sie kein Roboter sind. Aktivieren Sie JavaScript und Cookies, um fortzufahren.",
    ),
    (
        "fr",
        "Vérification",
        "Veuillez confirmer que vous n'êtes pas un robot. Activez JavaScript et les cookies pour continuer.",
    ),
    (
        "zh",
        "安全验证",
        "请完成安全验证以继续访问。系统检测到您的网络存在异常流量，请开启JavaScript和Cookie。",
    ),
    (
        "ja",
        "確認",
        "続行するには、ロボットではないことを確認してください。JavaScriptとCookieを有効にしてください。",
    ),
    (
        "es",
        "Verificación",
        "Confirme que no es un robot para continuar. Active JavaScript y las cookies en su navegador.",
    ),
    (
        "ru",
        "Проверка",
        "Подтвердите, что вы не робот, чтобы продолжить. Включите JavaScript и файлы cookie в браузере.",
    ),
    (
        "ko",
        "보안 확인",
        "계속하려면 로봇이 아님을 확인해 주세요. 자바스크립트와 쿠키를 사용하도록 설정하세요.",
    ),
]
MENU = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/n'>News</a></li></ul></nav>"
FOOT = "<footer><p>© 2025 River Paper. All rights reserved.</p></footer>"


def kind_of(heading, text, *, lang="en", head=""):
    body = f"{MENU}<main><h1>{heading}</h1>{text}</main>{FOOT}"
    return read(page(body, head=f"<title>{heading}</title>{head}", lang=lang)).kind


@pytest.mark.parametrize(("lang", "heading", "text"), [*GONE, *MOVED])
def test_a_page_that_is_not_there_is_no_article(lang, heading, text):
    assert kind_of(heading, f"<p>{text}</p>", lang=lang) is Kind.OTHER


@pytest.mark.parametrize(("lang", "heading", "text"), CHECKS)
def test_a_check_before_the_page_is_no_article(lang, heading, text):
    found = kind_of(heading, f"<p>{text}</p>", lang=lang)
    assert found in {Kind.BLOCKED, Kind.OTHER}


@pytest.mark.parametrize(
    "heading",
    [
        "Old ferry ticket is no longer available to visitors",
        "Missing page of the parish register found",
        "The village that no longer exists",
        "Robot joins the postmen of Na Lay",
    ],
)
def test_a_short_article_about_such_things_is_one(heading):
    assert kind_of(heading, f"<p>{ENGLISH[0]}</p>") is Kind.ARTICLE


def test_a_page_that_declares_an_article_is_there():
    head = '<meta property="article:published_time" content="2025-07-11T08:00:00Z">'
    heading = "Page not found: how the town lost its chronicle"
    assert kind_of(heading, f"<p>{ENGLISH[0]}</p>", head=head) is Kind.ARTICLE
