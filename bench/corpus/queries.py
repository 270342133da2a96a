"""Twenty queries of the store: common and rare words, phrases, names, nothing at all."""

from __future__ import annotations

from bench.corpus.articles import SIZE, rare_name

QUERIES = (
    "công",
    "của",
    "việt nam",
    "hà nội",
    "kinh tế",
    "giao thông hà nội",
    '"người dân"',
    '"công an"',
    '"ủy ban nhân dân"',
    '"tài sản"',
    '"đồng tháp"',
    '"năm người"',
    '"của công"',
    '"theo đó"',
    '"bộ đội biên phòng"',
    '"tình nguyện viên" phường',
    '"cải cách hành chính" hà nội',
    "tổ công tác liên ngành hà nội",
    rare_name(SIZE // 3),
    f'"{rare_name(SIZE // 7)}"',
)
