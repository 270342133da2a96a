"""The pieces that an article of the set ``inserts`` is put together from.

Some are of its text, as an interview or a list; others stand beside or between it, as a
letter to subscribe to, a consent or the next article.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from worlds.gold.speech import opening_of, sentences_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from random import Random

    from worlds.gold.speech import Speech
    from worlds.park.stories import Story

    Piece = Callable[["Draft"], None]

_BRIEF = 0.6
"""Share of lists whose items are a few words."""
_PLAIN_NAMES = ("b1", "box", "c-item", "inner", "m-x", "u-pad", "wrap", "")
_READERS = ("tern", "rowboat", "minh87", "Lise", "K.", "hana_22", "user 5512", "Omar")


@dataclass
class Draft:
    """A page in the making: *texts* are its texts so far, *html* its body."""

    chance: Random
    speech: Speech
    others: Sequence[Story]
    linked: float = 0.0
    """Share of paragraphs that are one link."""
    texts: list[str] = field(default_factory=list)
    html: list[str] = field(default_factory=list)

    def add(self, text: str, form: str = "<p>{}</p>") -> None:
        self.texts.append(text)
        self.html.append(form.format(escape(text)))

    def add_paragraph(self, text: str) -> None:
        """Add *text* as a paragraph mostly is; some are one link."""
        form = "<p>{}</p>"
        if self.chance.random() < self.linked:
            form = self.chance.choice(_LINKED_FORMS)
        self.add(text, form)

    def put(self, html: str) -> None:
        self.html.append(html)

    def take(self) -> str:
        """Return the HTML so far, and start again."""
        html = "\n".join(self.html)
        self.html.clear()
        return html

    def name(self, *telling: str) -> str:
        """Return a class, which says what it names or does not."""
        return self.chance.choice((*telling, self.chance.choice(_PLAIN_NAMES)))

    def other(self) -> Story:
        return self.chance.choice(self.others)

    def link(self) -> str:
        title = escape(self.other().title)
        return f'<a href="/{self.chance.randrange(9999)}.html">{title}</a>'


_LINKED_FORMS = (
    '<a href="https://www.example.org/a"><p>{}</p></a>',
    '<a href="/amp/s/www.example.org/b.html" target="_blank"><p>{}</p></a>',
    '<p><a href="/a">{}</a></p>',
    '<p><a href="https://www.example.org/c" rel="nofollow"><span>{}</span></a></p>',
)


def line(draft: Draft) -> None:
    form = draft.chance.choice(("<div>{}</div>", "{}", "<span>{}</span>", "<p>{}</p>"))
    draft.add(draft.chance.choice(draft.speech.lines), form)


def details(draft: Draft) -> None:
    for question in draft.chance.sample(draft.speech.questions, 2):
        draft.put("<details>")
        draft.add(question, "<summary>{}</summary>")
        draft.add(draft.other().lead)
        draft.put("</details>")


def items(draft: Draft) -> None:
    texts = [other.lead for other in draft.chance.sample(draft.others, 4)]
    if draft.chance.random() < _BRIEF:
        texts = [opening_of(text, 7) for text in texts]
    draft.put("<ul>")
    for text in texts:
        draft.add(text, "<li>{}</li>")
    draft.put("</ul>")


def terms(draft: Draft) -> None:
    draft.put("<dl>")
    for other in draft.chance.sample(draft.others, 2):
        draft.add(other.place.name, "<dt>{}</dt>")
        draft.add(other.lead, "<dd>{}</dd>")
    draft.put("</dl>")


def code(draft: Draft) -> None:
    number = draft.chance.randrange(9999)
    lines = f"for n in range({number}):\n    print(n, n * {number})\nprint('done')"
    draft.add(lines, "<pre>{}</pre>")


def interview(draft: Draft) -> None:
    form = draft.chance.choice(("<p><strong>{}</strong></p>", "<p><b>{}</b></p>"))
    for question in draft.chance.sample(draft.speech.questions, 2):
        draft.add(question, form)
        draft.add(draft.other().lead)


def quotation(draft: Draft) -> None:
    draft.add(draft.other().lead, "<blockquote>{}</blockquote>")


def chapter(draft: Draft) -> None:
    other = draft.other()
    draft.add(other.place.name, draft.chance.choice(("<h2>{}</h2>", "<h3>{}</h3>")))
    draft.add(other.lead)


def figure(draft: Draft) -> None:
    """Put a picture with its caption."""
    captions = [b.text for b in draft.other().blocks if b.kind == "caption"]
    text = escape(captions[0] if captions else draft.other().title)
    name = draft.name("photo", "media", "image-block")
    form = draft.chance.choice(
        (
            "<figure><img src='/1.jpg'><figcaption>{text}</figcaption></figure>",
            "<div class='{name}'><img src='/1.jpg'><p class='caption'>{text}</p></div>",
            "<figure class='{name}'><a><img></a><figcaption><i>{text}</i></figcaption></figure>",
        )
    )
    draft.put(form.format(name=name, text=text))


def read_also(draft: Draft) -> None:
    label = escape(draft.chance.choice(draft.speech.read_also))
    colon = "：" if draft.speech.language in {"zh", "ja"} else ": "
    form = draft.chance.choice(
        (
            "<p><em>{label}{colon}</em>{link}</p>",
            "<p><strong>{label}{colon}{link}</strong></p>",
            "<p>&gt;&gt; {label}{colon}{link}</p>",
            "<p>{label}{colon}{link}</p>",
            "<div><b>{label}</b> {link}</div>",
            "<p>【{label}】{link}</p>",
        )
    )
    draft.put(form.format(label=label, colon=colon, link=draft.link()))


_CARDS = (
    '<div class="{name}"><a href="/{slug}"><{tag}>{title}</{tag}></a><p>{lead}</p>{minutes}</div>',
    '<div class="{name}"><{tag}><a href="/{slug}">{title}</a></{tag}><p>{lead}</p>{minutes}</div>',
    '<article class="{name}"><{tag}><a href="/{slug}">{title}</a></{tag}><p>{lead}</p></article>',
    '<div class="{name}"><img><div><{tag}><a href="/{slug}">{title}</a></{tag}>{minutes}<p>{lead}</p></div></div>',
)  # fmt: skip


def card(draft: Draft) -> None:
    cards(draft, 1)


def cards(draft: Draft, count: int) -> None:
    """Put *count* teasers, set alike."""
    name = draft.name("inline-card", "related-story", "teaser")
    form = draft.chance.choice(_CARDS)
    tag = draft.chance.choice(("h2", "h3", "h4", "strong", "span"))
    is_timed = draft.chance.random() < 1 / 2
    for other in draft.chance.sample(draft.others, count):
        minutes = f"<span>{draft.chance.randrange(2, 9)} {draft.speech.minutes}</span>"
        draft.put(
            form.format(
                name=name,
                tag=tag,
                slug=other.slug or other.number,
                title=escape(other.title),
                lead=escape(other.lead),
                minutes=minutes if is_timed else "",
            )
        )


def related(draft: Draft) -> None:
    label = escape(draft.chance.choice(draft.speech.read_also))
    links = "".join(
        f"<li>{draft.link()}</li>" for _ in range(draft.chance.randrange(2, 6))
    )
    name = draft.name("related", "more-news", "list")
    head = draft.chance.choice(
        ("<h4>{}</h4>", "<h3>{}</h3>", "<p><b>{}</b></p>", "<span>{}</span>", "")
    )
    draft.put(f'<div class="{name}">{head.format(label)}<ul>{links}</ul></div>')


_LETTERS = (
    '<div class="{name}"><{tag}>{title}</{tag}><p>{first}</p>{fields}{rest}</div>',
    '<section class="{name}"><{tag}>{title}</{tag}><p>{first}</p><form>{fields}</form>{rest}</section>',
    '<div class="{name}"><div><{tag}>{title}</{tag}><p>{first}</p>{rest}</div><form>{fields}</form></div>',
    '<form class="{name}"><{tag}>{title}</{tag}><p>{first}</p>{rest}{fields}</form>',
    '<aside class="{name}"><p>{title}</p><p>{first}</p>{rest}<a class="button" href="/l">OK</a></aside>',
)  # fmt: skip


def letter(draft: Draft) -> None:
    title, *said = map(escape, draft.chance.choice(draft.speech.letters))
    name = draft.name("newsletter", "signup-form", "nl-inline", "subscribe-box")
    tag = draft.chance.choice(("h2", "h3", "h4", "strong"))
    fields = '<input type="email"><button>OK</button>'
    first, rest = said[0], "".join(f"<p>{text}</p>" for text in said[1:])
    form = draft.chance.choice(_LETTERS)
    draft.put(
        form.format(
            name=name, tag=tag, title=title, first=first, rest=rest, fields=fields
        )
    )


def prompt(draft: Draft) -> None:
    title, *said = map(escape, draft.chance.choice(draft.speech.prompts))
    name = draft.name("paywall", "regwall", "offer")
    rest = "".join(f"<p>{text}</p>" for text in said)
    draft.put(f'<div class="{name}"><h3>{title}</h3>{rest}</div>')


def consent(draft: Draft) -> None:
    """Put what asks to agree, named by a class, an id or not at all."""
    title, *said = map(escape, draft.chance.choice(draft.speech.consents))
    name = draft.name("cookie-notice", "consent", "gdpr", "privacy-layer", "popup")
    key = draft.chance.choice(("class", "id"))
    tag = draft.chance.choice(("h2", "h3", "strong", "p"))
    head = f"<{tag}>{title}</{tag}>" if title else ""
    rest = "".join(f"<p>{text}</p>" for text in said)
    buttons = draft.chance.choice(
        ("", "<button>OK</button>", "<button>OK</button><a href='/policy'>?</a>")
    )
    form = draft.chance.choice(("{}", "<div>{}</div>", "<div><div>{}</div></div>"))
    held = form.format(head + rest) + buttons
    draft.put(f'<div {key}="{name}">{held}</div>')


_COMMENTS = (
    ("ol", "<li><cite>{who}</cite> {says} <p>{text}</p></li>"),
    ("ul", "<li><b>{who}</b><p>{text}</p><a href='#r'>{reply}</a></li>"),
    ("div", "<div><span>{who}</span> <time>{clock}</time><p>{text}</p></div>"),
    ("div", "<article><header>{who} {says}</header><p>{text}</p></article>"),
    ("section", "<div><p><b>{who}</b> {clock}</p><p>{text}</p><p>{reply}</p></div>"),
    ("ul", "<li><p>{text}</p><p><i>{who}</i></p></li>"),
)


def comments(draft: Draft) -> None:
    name = draft.name("comments", "commentlist", "replies", "discussion")
    tag, form = draft.chance.choice(_COMMENTS)
    texts = [*draft.speech.comments, *sentences_of(draft.other().lead)]
    texts = draft.chance.sample(texts, draft.chance.randrange(1, 5))
    said = "".join(
        form.format(
            who=draft.chance.choice(_READERS),
            says=escape(draft.speech.says),
            reply=escape(draft.speech.reply),
            clock=f"{draft.chance.randrange(24)}:{draft.chance.randrange(10, 60)}",
            text=escape(text),
        )
        for text in texts
    )
    if draft.chance.random() < 1 / 2:
        title = escape(draft.speech.comment_heading.format(len(texts)))
        draft.put(draft.chance.choice(("<h3>{}</h3>", "<p>{}</p>")).format(title))
    draft.put(f'<{tag} class="{name}">{said}</{tag}>')


def next_article(draft: Draft) -> None:
    other = draft.other()
    name = draft.name("next-article", "article", "entry")
    if draft.chance.random() < 1 / 2:
        draft.put(f"<p>{escape(draft.speech.newer)}</p>")
    draft.put(f'<article class="{name}"><h1>{escape(other.title)}</h1>')
    draft.put(f'<p class="by">{escape(other.author)}</p>')
    for text in other.text_blocks[: draft.chance.randrange(2, 7)]:
        draft.put(f"<p>{escape(text)}</p>")
    draft.put("</article>")


TOLD: tuple[Piece, ...] = (
    *(line, line, line, chapter, chapter),
    *(details, items, terms, code, interview, quotation),
)
"""What is of the text, some of it more often than the rest."""
UNTOLD: tuple[Piece, ...] = (read_also, card, related, letter, figure)
"""What stands between paragraphs and is not of the text."""
AFTER: tuple[Piece, ...] = (prompt, comments, comments, related, letter, next_article)
"""What follows the text, some of it twice as often."""
