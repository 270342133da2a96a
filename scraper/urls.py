"""URLs: the site they belong to, their normalised form, those that a page states."""

from __future__ import annotations

import html
import re
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import (
    parse_qsl,
    quote,
    urldefrag,
    urlencode,
    urljoin,
    urlsplit,
    urlunsplit,
)

_ADDRESS = re.compile(r"[\d.]+|.*:.*")
"""The host of a URL that is an address of IPv4 or IPv6."""
# Such as utm_source, fbclid and gclid.
_TRACKING = re.compile(
    r"(?i)^(?:(?:utm|mtm|pk|piwik|matomo|itm|hsa|oly|vero|gad)_\w+"
    r"|ns_(?:mchannel|source|campaign|linkname|fee)|fb_(?:action_ids|ref|source)"
    r"|at_(?:medium|campaign|format|creation|variant|network|link\w*|ptr_\w+|custom\d)"
    r"|(?:fb|g|d|y|ys|tw|tt)clid|msclkid|[gw]braid|gclsrc|igsh(?:id)?"
    r"|li_fat_id|srsltid|(?:cmp|icmp|oc|sm|ic|nc|s_c)id|mc_[ce]id|mkt_tok|wt[._]mc(?:_\w+)?"
    r"|_hs(?:enc|mi)|hsctatracking|ref_(?:src|url)|_g[al]|_openstat|xtor|zarsrc|dicbo|spm"
    r"|__twitter_impression|guccounter|guce_\w+|gaa_\w+|soc_(?:src|trk)|tt_(?:medium|content)"
    r"|smtyp|sref|ftag|mbid|ito|int_?cmp|trk(?:campaign)?|tpcc|cx_testid|vgo_ee|bcmt|epik"
    r"|_x_tr_\w+|_branch_match_id|(?:rdt|sc)_cid|elqtrack(?:id)?|wt_z?mc|xtref|echobox|usqp"
    r"|sfmc_id|hss_channel|cndid|bxid|esrc|recip_id|mibextid|s_kwcid|ef_id|dm_i"
    r"|feed(?:type|name)|ml_subscriber(?:_hash)?|_ke|_kx)$"
)
_SHARED = re.compile(
    r"(?i)^(?:ref|referrer|cmp|source|src|from|via|partner|feature|share|mod|emc"
    r"|traffic_source)$"
)
_CHANNEL = re.compile(
    r"(?i)^(?:rss(?:[_-]\w+)?|feed|atom|newsletter|mail|email|share|shared?[_-]\w+|social|facebook|fb"
    r"|twitter|tw|x|linkedin|telegram|whatsapp|zalo|google|googlenews|push|amp|app|home"
    r"|homepage)$"
)
"""Where a reader came from, as the value of a parameter that may as well name a story."""
_SESSION = re.compile(r"(?i)^(phpsessid|jsessionid|aspsessionid\w*|s?sid|session_?id)$")
_TOKEN = re.compile(r"(?=\w*\d)\w{16,}|[a-f\d-]{32,}", re.IGNORECASE)
_PATH_SESSION = re.compile(r"(?i);jsessionid=[^/?#]*")
_PUNYCODE_RULE = re.compile(r"^// (xn--\S+)", re.MULTILINE)
"""The other spelling of the rule below, which stands in a comment."""
_WWW = re.compile(r"^www[0-9]*\.")
_LINE_BREAKS = re.compile(r"[\t\n\r]")
"""What browsers remove from a URL (WHATWG URL, section 4.4)."""
_HTTP = re.compile("(?i)https?:")
_ABSOLUTE = re.compile(r"https?://[\w.-]+(?=[/?#]|$)")
"""What surely is absolute; splitting a URL takes ten times as long."""
_SECRET = re.compile(
    r"(https?://[^/?#:@\s]{0,200}:)"
    r"(?:[^/?#\s]{0,1000}|(?!\d{0,5}[/?#])\S{0,1000})@"
    r"|((?!https?:)\b[\w+.-]{1,40}://[^/:\s]{0,200}:)\S{0,1000}@"
    r"|([?&][^=&?\s]{0,60}(?:pass|pwd)[^=&?\s]{0,60}=)[^&\s]*"
    r"|((?<![^\s/\\'\"(=])(?!mailto:)[\w.+%-]{1,60}:)[^\s/?#\\]{1,200}@(?=[\w\[])",
    re.IGNORECASE,
)
"""A password in a URL, with or without a scheme.

It may hold a slash, unless what stands before that may be a port.
"""
_MAIL = re.compile(r"(?i)mailto:\S")
_SPACE = re.compile(r"\s")
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HEAD = 256 * 1024
_SAVED_FROM = re.compile(rb"<!-- saved from url=\(\d+\)(https?://\S+) -->")
_DECLARING_TAG = re.compile(
    rb"(?is)<(?:link\b[^<>]*\brel\s*=\s*[\"']?canonical\b"
    rb"|meta\b[^<>]*\b(?:property|name)\s*=\s*[\"']?og:url\b)[^<>]*>"
)
_DECLARED = re.compile(rb"(?i)\b(?:href|content)\s*=\s*[\"']?(https?://[^\"'\s<>]+)")


def hosts_of(host: str) -> frozenset[str]:
    """Return *host* with and without ``www.``; an IP address has no such other name."""
    bare = host.removeprefix("www.")
    return frozenset({bare} if _ADDRESS.fullmatch(bare) else {bare, f"www.{bare}"})


def site_of(url: str) -> str:
    """Return the registrable domain of *url*, or its host if it has none."""
    return _site_of(urlsplit(url).hostname or "")


@lru_cache(maxsize=4096)
def _site_of(host: str) -> str:
    labels, rules = host.lower().rstrip(".").split("."), _public_suffixes()
    for start in range(len(labels)):
        suffix, above = ".".join(labels[start:]), ".".join(labels[start + 1 :])
        if f"!{suffix}" in rules:
            return suffix
        if suffix in rules or f"*.{above}" in rules:
            return _WWW.sub("", ".".join(labels[max(0, start - 1) :]))
    return host


@cache
def _public_suffixes() -> frozenset[str]:
    """Return the rules of publicsuffix.org, as the package tld holds them.

    The package itself, with the tree that it makes of them, takes 150 ms to load.
    """
    package = find_spec("tld")
    if package is None or package.origin is None:
        raise ImportError("the package tld is not installed")
    path = Path(package.origin).with_name("res") / "effective_tld_names.dat.txt"
    listed = path.read_text("utf-8")
    return frozenset((*listed.split("\n"), *_PUNYCODE_RULE.findall(listed)))


def is_http(url: str) -> bool:
    """Return True if *url* is absolute, http or https, and has a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in _DEFAULT_PORTS and bool(parts.hostname)
    except ValueError:
        return False


def masked(text: str) -> str:
    """Return *text* with the passwords of its URLs masked."""
    if "@" not in text and "://" not in text:
        return text
    return _SECRET.sub(
        lambda found: (
            found[3] + "***" if found[3] else f"{found[1] or found[2] or found[4]}***@"
        ),
        text,
    )


NAMES_A_USER = (
    "names a user or a password, which no request sends; take them out of the address"
)


def has_user(url: str) -> bool:
    """Return True if *url* names a user or a password, which no request sends."""
    return "@" in urlsplit(url).netloc


def without_user(url: str) -> str:
    """Return *url* without the user and the password that it names."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def public_url(url: str) -> str:
    """Return *url*, which a page names, without a user; "" if it cannot be split."""
    if "@" not in url:
        return url
    try:
        return without_user(url) if has_user(url) else url
    except ValueError:
        return ""


def is_link(url: str) -> bool:
    """Return True if *url* is one that a link may lead to: http, https or mailto."""
    return bool(_ABSOLUTE.match(url) or is_http(url) or _MAIL.match(url))


def followed_url(href: str, base: str, *, page: str) -> str:
    """Return the absolute URL that *href* leads to on the page *page*, "" if to none.

    *base* is what relative ones refer to. A link to a place on the page itself, and one
    that is neither http, https nor mailto, leads to none. Spaces are escaped as browsers
    do it; parameters stay as they are, a user and a password do not.
    """
    href = _LINE_BREAKS.sub("", href.strip())
    if not href or href[0] == "#":
        return ""
    if not _ABSOLUTE.match(href):
        try:
            href = href if _HTTP.match(href) else urljoin(base, href)
        except ValueError:
            return ""
        if not is_link(href):
            return ""
    if "#" in href and urldefrag(href)[0] == urldefrag(page)[0]:
        return ""
    return _SPACE.sub(lambda space: quote(space[0]), public_url(href))


def declared_url(body: bytes) -> str:
    """Return the absolute URL that the HTML page *body* states as its own, "" for none.

    The comment of a browser that saved the page counts first, then the first canonical
    link or og:url. Bytes of UTF-16 are read as well.
    """
    head = body[:_HEAD].replace(b"\0", b"")
    if saved := _SAVED_FROM.search(head):
        return _unescaped(saved[1])
    for tag in _DECLARING_TAG.finditer(head):
        if declared := _DECLARED.search(tag[0]):
            return _unescaped(declared[1])
    return ""


def _unescaped(url: bytes) -> str:
    return public_url(html.unescape(url.decode("utf-8", "replace")))


def normalise_url(url: str) -> str:
    """Return the normalised form of *url*, which storage keys on.

    Scheme and host in lower case, default port, fragment, tracking parameters and
    session ids out; the rest of path and parameters untouched (RFC 3986, section 6.2.2).
    A URL that cannot be split is returned unchanged.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError:
        return url
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    if port and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    path = _PATH_SESSION.sub("", parts.path) or "/"
    return urlunsplit((parts.scheme, host, path, _query(parts.query), ""))


def _query(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_noise(name, value)]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _is_noise(name: str, value: str) -> bool:
    """Return True for what says who came from where, and for session ids.

    Names that may as well name a story, such as ``sid`` and ``ref``, need such a value.
    """
    is_session = _SESSION.match(name) and _TOKEN.fullmatch(value)
    is_channel = _SHARED.match(name) and _CHANNEL.match(value)
    return bool(_TRACKING.match(name) or is_session or is_channel)
