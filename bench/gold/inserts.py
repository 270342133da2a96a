"""The set ``inserts``: articles with what real pages put between their paragraphs.

Read-also lines, cards, letters, prompts and comments that are none of the text, and
details, loose lines, terms, code and linked paragraphs that are. Few gold pages have each
of these, so the labeller learns them here; names of classes and the order of things are
drawn. A page is a site of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from random import Random
from typing import TYPE_CHECKING, Any

from bench.gold.park import NOW
from bench.gold.sets import write_set
from tests.park.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from bench.gold.sets import GoldSet
    from tests.park.stories import Story
    from tests.park.words import Words

    Insert = Callable[["_Draft"], None]

NAME = "inserts"
PAGES = 300
SEED = 5
_LINKED = 0.04
"""Share of paragraphs that are one link."""
_WITH_MORE = 0.7
"""Share of pages that offer others."""
_SHORT = 0.1
"""Share of pages that say next to nothing beside much else."""
_BRIEF = 0.6
"""Share of lists whose items are a few words."""
_SIGNED = 0.7
"""Share of pages that print the author and the time."""
_WALLED = 0.1
"""Share of pages with a notice before the article."""
_INSIDE = 0.5
"""Share of pages that hold what comes after the text in the element of the article."""
_PAPERS = ("semantic", "english", "french")
_PLAIN_NAMES = ("b1", "box", "c-item", "inner", "m-x", "u-pad", "wrap", "")


@dataclass(frozen=True)
class _Phrases:
    """What pages of a language say around an article."""

    read_also: tuple[str, ...]
    letter: tuple[str, str, str]
    prompt: tuple[str, str, str]
    says: str
    comments: tuple[str, ...]
    lines: tuple[str, ...]
    questions: tuple[str, ...]
    minutes: str
    consent: str


_BY_LANGUAGE = {
    "vi": _Phrases(
        ("Đọc thêm", "Xem thêm", "Bài liên quan", "Mời bạn đọc", "Đừng bỏ lỡ", "Tin nóng"),
        (
            "Điểm tin sáng",
            "Những câu chuyện đáng đọc nhất gửi tới hộp thư của bạn mỗi sáng, trước giờ cà phê.",
            "Đăng ký là bạn đồng ý với điều khoản sử dụng và chính sách bảo mật của chúng tôi.",
        ),
        (
            "Đọc tiếp với gói thành viên",
            "Gói thành viên giá 39.000 đồng mỗi tháng mở mọi bài viết trên trang và ứng dụng.",
            "Bạn đã là thành viên? Đăng nhập tại đây để đọc tiếp bài này.",
        ),
        "viết:",
        (
            "Tôi nghĩ làm thế này là đúng, nhưng phải làm sớm hơn mới kịp, để lâu dân khổ lắm.",
            "Bài hay quá, nhà tôi ở gần đó mà bây giờ mới biết chuyện này, cảm ơn phóng viên.",
            "Ai cũng nói vậy nhưng có thấy ai làm đâu, năm nào chẳng hứa một lần rồi thôi.",
        ),
        ("Hôm đó trời mưa rất to.", "Không ai bị thương.", "Vé vào cửa miễn phí trong tuần đầu"),
        ("Vì sao lâu như vậy?", "Ai trả tiền?", "Tiếp theo sẽ ra sao?"),
        "phút đọc",
        "Trang này và các bên cùng làm dùng tệp ghi nhớ để nhận ra máy của bạn, đo lượt xem và chọn quảng cáo. Bạn có thể đổi ý bất cứ lúc nào ở cuối trang.",
    ),
    "en": _Phrases(
        ("Read also", "See also", "More on this", "Related", "Don't miss", "You might like"),
        (
            "The Evening Round",
            "The stories that matter in your region, delivered to your inbox every evening. Free.",
            "By subscribing you accept our terms of service and our privacy notice.",
        ),
        (
            "This story is for members",
            "Join for three dollars a month and read every report, column and guide that we publish.",
            "Are you a member? Sign in to read the rest of this story.",
        ),
        "writes:",
        (
            "I said years ago that this would happen and nobody wanted to hear it, now look at us.",
            "Great piece, my grandmother used to live right there and she never told us any of it.",
            "Who is going to pay for all that in the end? You and me, as always, that is who.",
        ),
        ("It rained for most of that day.", "Nobody was hurt.", "Tickets are free in the first week"),
        ("Why has it taken so long?", "Who is paying?", "What happens next?"),
        "min read",
        "This site and those it works with keep files on your device to know it again, to count visits and to choose adverts. You may change your mind at any time at the foot of the page.",
    ),
    "fr": _Phrases(
        ("Lire aussi", "À lire également", "Sur le même sujet", "Voir aussi", "À découvrir"),
        (
            "La lettre du soir",
            "L'essentiel de votre région, chaque soir dans votre boîte, gratuitement et sans publicité.",
            "En vous inscrivant, vous acceptez nos conditions d'utilisation.",
        ),
        (
            "Cet article est réservé aux abonnés",
            "Abonnez-vous pour deux euros par mois et lisez tous les articles du journal sans limite.",
            "Déjà abonné ? Connectez-vous pour lire la suite de cet article.",
        ),
        "a écrit :",
        (
            "Je l'avais dit il y a dix ans, personne ne voulait m'écouter, et voilà où nous en sommes.",
            "Très bel article, ma tante habitait juste à côté et elle ne nous en a jamais parlé.",
            "Et qui va payer tout cela à la fin ? Vous et moi, bien sûr, comme à chaque fois.",
        ),
        ("Il a plu presque toute la journée.", "Personne n'a été blessé.", "L'entrée est libre la première semaine"),
        ("Pourquoi avoir attendu ?", "Qui paie ?", "Et maintenant ?"),
        "min de lecture",
        "Ce site et ceux qui travaillent avec lui gardent des fichiers sur votre appareil pour le reconnaître, compter les visites et choisir la publicité. Vous pouvez changer d'avis à tout moment.",
    ),
}  # fmt: skip


@dataclass
class _Draft:
    """A page in the making: *told* is its text so far, *html* its body."""

    chance: Random
    phrases: _Phrases
    others: list[Story]
    told: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def tell(self, text: str, form: str = "<p>{}</p>") -> None:
        self.told.append(text)
        self.html.append(form.format(escape(text)))

    def put(self, html: str) -> None:
        self.html.append(html)

    def name(self, *telling: str) -> str:
        """Return a class, which says what it names or does not."""
        return self.chance.choice((*telling, self.chance.choice(_PLAIN_NAMES)))

    def link(self) -> str:
        title = escape(self.chance.choice(self.others).title)
        return f'<a href="/{self.chance.randrange(9999)}.html">{title}</a>'


def write_inserts(folder: Path) -> GoldSet:
    """Write the set into the empty *folder*."""
    papers = [Paper(name, SEED, f"https://{name}.example", NOW) for name in _PAPERS]
    pages = (_page(n, papers[n % len(papers)]) for n in range(PAGES))
    return write_set(NAME, folder, pages)


def _page(number: int, paper: Paper) -> tuple[dict[str, Any], bytes]:
    chance = Random(f"{SEED} {number}")
    story = paper.stories[number // len(_PAPERS) % len(paper.stories)]
    others = [other for other in paper.stories if other is not story]
    body = [b.text for b in story.blocks if b.kind == "paragraph"]
    size = chance.choice((1, 3, 5, len(body)))
    phrases = _BY_LANGUAGE[paper.language]
    told = [story.lead, *body[:size]]
    if chance.random() < _SHORT:
        told = [story.lead, chance.choice(phrases.lines)]
    draft = _Draft(chance, phrases, others)
    inserts = chance.sample(_WITHIN, chance.randrange(1, 4))
    places = [chance.randrange(1, len(told) + 1) for _ in inserts]
    if chance.random() < _SIGNED:
        _signed(draft, story, paper.words)
    for at, text in enumerate(told):
        _tell(draft, text)
        for insert, place in zip(inserts, places, strict=True):
            if place == at + 1:
                insert(draft)
    main = "\n".join(draft.html)
    draft.html.clear()
    for insert in chance.sample(_AFTER, chance.randrange(3)):
        insert(draft)
    after = "\n".join(draft.html)
    url = f"https://inserts-{number}.example/{story.slug}-{story.number}.html"
    row = {
        "id": f"inserts-{number}",
        "kind": "article",
        "url": url,
        "fetched_at": NOW.isoformat(),
        "title": story.title,
        "text": "\n\n".join(draft.told),
    }
    return row, _whole(draft, story, main, after).encode()


def _signed(draft: _Draft, story: Story, words: Words) -> None:
    """Say who wrote it and when, and offer to share it, before the text."""
    author, moment = escape(story.author), escape(words.date(story.published))
    share = "".join(f"<li>{escape(name)}</li>" for name in words.share)
    form = draft.chance.choice(
        (
            "<p>{author}</p><p>{moment}</p>",
            "<div>{author} - {moment}</div>",
            '<div class="meta"><span>{author}</span> <span>{moment}</span></div>',
            "<div><a href='/a'>{author}</a><br>{moment}</div><ul>{share}</ul>",
        )
    )
    draft.put(form.format(author=author, moment=moment, share=share))


def _tell(draft: _Draft, text: str) -> None:
    """Tell a paragraph as it mostly is; some are one link."""
    form = "<p>{}</p>"
    if draft.chance.random() < _LINKED:
        form = draft.chance.choice(
            (
                '<a href="https://www.example.org/a"><p>{}</p></a>',
                '<p><a href="/a">{}</a></p>',
            )
        )
    draft.tell(text, form)


def _line(draft: _Draft) -> None:
    form = draft.chance.choice(("<div>{}</div>", "{}", "<span>{}</span>", "<p>{}</p>"))
    draft.tell(draft.chance.choice(draft.phrases.lines), form)


def _details(draft: _Draft) -> None:
    for question in draft.chance.sample(draft.phrases.questions, 2):
        draft.put("<details>")
        draft.tell(question, "<summary>{}</summary>")
        draft.tell(draft.chance.choice(draft.others).lead)
        draft.put("</details>")


def _items(draft: _Draft) -> None:
    others = draft.chance.sample(draft.others, 4)
    texts = [other.lead for other in others]
    if draft.chance.random() < _BRIEF:
        texts = [" ".join(text.split()[:7]) for text in texts]
    draft.put("<ul>")
    for text in texts:
        draft.tell(text, "<li>{}</li>")
    draft.put("</ul>")


def _terms(draft: _Draft) -> None:
    draft.put("<dl>")
    for other in draft.chance.sample(draft.others, 2):
        draft.tell(other.place.name, "<dt>{}</dt>")
        draft.tell(other.lead, "<dd>{}</dd>")
    draft.put("</dl>")


def _code(draft: _Draft) -> None:
    number = draft.chance.randrange(9999)
    lines = f"for n in range({number}):\n    print(n, n * {number})\nprint('done')"
    draft.tell(lines, "<pre>{}</pre>")


def _interview(draft: _Draft) -> None:
    form = draft.chance.choice(("<p><strong>{}</strong></p>", "<p><b>{}</b></p>"))
    for question in draft.chance.sample(draft.phrases.questions, 2):
        draft.tell(question, form)
        draft.tell(draft.chance.choice(draft.others).lead)


def _quotation(draft: _Draft) -> None:
    draft.tell(draft.chance.choice(draft.others).lead, "<blockquote>{}</blockquote>")


def _chapter(draft: _Draft) -> None:
    other = draft.chance.choice(draft.others)
    draft.tell(other.place.name, draft.chance.choice(("<h2>{}</h2>", "<h3>{}</h3>")))
    draft.tell(other.lead, "<p>{}</p>")


def _read_also(draft: _Draft) -> None:
    label = draft.chance.choice(draft.phrases.read_also)
    form = draft.chance.choice(
        (
            "<p><em>{}: </em>{}</p>",
            "<p><strong>{}: {}</strong></p>",
            "<p>&gt;&gt; {}: {}</p>",
            "<p>{}: {}</p>",
            "<div><b>{}</b> {}</div>",
        )
    )
    draft.put(form.format(escape(label), draft.link()))


def _card(draft: _Draft) -> None:
    other = draft.chance.choice(draft.others)
    name = draft.name("inline-card", "related-story", "teaser")
    tag = draft.chance.choice(("h3", "h4", "strong", "span"))
    minutes = f"<span>{draft.chance.randrange(2, 9)} {draft.phrases.minutes}</span>"
    draft.put(
        f'<div class="{name}"><a href="/{other.slug}"><{tag}>{escape(other.title)}</{tag}></a>'
        f"<p>{escape(other.lead)}</p>{draft.chance.choice((minutes, ''))}</div>"
    )


def _related(draft: _Draft) -> None:
    label = escape(draft.chance.choice(draft.phrases.read_also))
    items = "".join(f"<li>{draft.link()}</li>" for _ in range(3))
    name = draft.name("related", "more-news", "list")
    draft.put(f'<div class="{name}"><h4>{label}</h4><ul>{items}</ul></div>')


def _letter(draft: _Draft) -> None:
    title, pitch, terms = map(escape, draft.phrases.letter)
    name = draft.name("newsletter", "signup-form", "nl-inline")
    draft.put(
        f'<div class="{name}"><h4>{title}</h4><p>{pitch}</p><input type="email">'
        f"<button>OK</button><p>{terms}</p></div>"
    )


def _prompt(draft: _Draft) -> None:
    title, offer, login = map(escape, draft.phrases.prompt)
    name = draft.name("paywall", "regwall", "offer")
    draft.put(f'<div class="{name}"><h3>{title}</h3><p>{offer}</p><p>{login}</p></div>')


def _consent(draft: _Draft) -> None:
    name = draft.name("cookie-notice", "consent")
    text = escape(draft.phrases.consent)
    draft.put(f'<div class="{name}"><p>{text}</p><button>OK</button></div>')


def _comments(draft: _Draft) -> None:
    name = draft.name("comments", "commentlist", "replies")
    items = "".join(
        f"<li><cite>{draft.chance.choice(('tern', 'rowboat', 'minh87', 'Lise'))}</cite> "
        f"{escape(draft.phrases.says)} <p>{escape(text)}</p></li>"
        for text in draft.chance.sample(draft.phrases.comments, 2)
    )
    draft.put(f'<ol class="{name}">{items}</ol>')


def _next_article(draft: _Draft) -> None:
    other = draft.chance.choice(draft.others)
    name = draft.name("next-article", "article", "entry")
    body = "".join(f"<p>{escape(text)}</p>" for text in other.text_blocks[:6])
    draft.put(
        f'<article class="{name}"><h1>{escape(other.title)}</h1><p class="by">'
        f"{escape(other.author)}</p>{body}</article>"
    )


def _cards_after(draft: _Draft) -> None:
    draft.put(f'<div class="{draft.name("more", "other-news")}">')
    for _ in range(draft.chance.randrange(3, 9)):
        _card(draft)
    draft.put("</div>")


_WITHIN: tuple[Insert, ...] = (
    *(_line, _line, _details, _items, _terms, _code, _interview, _quotation, _chapter),
    *(_read_also, _card, _related, _letter),
)
_AFTER: tuple[Insert, ...] = (
    *(_prompt, _comments, _related, _letter, _next_article, _consent),
)


def _whole(draft: _Draft, story: Story, main: str, after: str) -> str:
    """Return the page: some of what comes *after* stands in the article's element."""
    draft.html.clear()
    if draft.chance.random() < _WITH_MORE:
        _cards_after(draft)
    aside = "\n".join(draft.html)
    draft.html.clear()
    if draft.chance.random() < _WALLED:
        _consent(draft)
    before = "\n".join(draft.html)
    menu = "".join(
        f'<li><a href="/s{n}">{n} {story.place.name}</a></li>' for n in range(5)
    )
    outer = draft.chance.choice(("article", "main", "div"))
    inner = draft.chance.choice(("div", "section"))
    title = escape(story.title)
    inside, outside = (after, "") if draft.chance.random() < _INSIDE else ("", after)
    return f"""<!doctype html><html><head><title>{title}</title>
<meta property="og:title" content="{title}"></head><body>
<header><nav><ul>{menu}</ul></nav></header>
{before}
<{outer} class="{draft.name("post", "story")}"><h1>{title}</h1>
<{inner} class="{draft.name("content", "entry", "body")}">
{main}
</{inner}>
{inside}
</{outer}>
{outside}
{aside}
<footer><p>© 2026 {escape(story.place.name)}</p></footer></body></html>"""
