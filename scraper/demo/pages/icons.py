"""Vector icons: most of a page's weight is pictures in base64 inside them."""

from __future__ import annotations

import base64
import random

_OPEN = '<svg xmlns="http://www.w3.org/2000/svg" width="24" height="24" viewBox="0 0 24 24">'


def picture(weight: int) -> str:
    """Return an icon of about *weight* bytes that hardly compress."""
    noise = random.Random(weight).randbytes(weight * 3 // 4)  # noqa: S311  no secret
    data = base64.b64encode(noise).decode()
    return (
        f'{_OPEN}<image preserveAspectRatio="xMidYMid slice" width="24" height="24" '
        f'xlink:href="data:image/png;base64,{data}"/></svg>'
    )


def line(weight: int = 420) -> str:
    """Return an icon drawn as a path."""
    chance = random.Random(weight)  # noqa: S311  no secret
    points = "".join(
        f"l{chance.uniform(-9, 9):.3f},{chance.uniform(-9, 9):.3f}"
        for _ in range(weight // 13)
    )
    return f'{_OPEN}<path d="M12,12{points}z"/></svg>'


FACEBOOK = picture(18_600)
ZALO = picture(32_300)
TWITTER = picture(47_500)
MAIL = line(461)
PRINT = line(437)
HOME = line(364)
