"""What ``tinsach report`` says that it is of."""

from __future__ import annotations

import pytest

JULY = ("--since", "2025-07-01", "--until", "2025-07-31")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (JULY, "3 articles published 2025-07-01 to 2025-07-31"),
        (
            ("--since", "2025-07-12", "--until", "2025-07-31"),
            (
                "0 articles published 2025-07-12 to 2025-07-31,"
                " of 3 stored (--since includes more)"
            ),
        ),
        (
            (*JULY, "--site", "khac.example"),
            "0 articles published 2025-07-01 to 2025-07-31",
        ),
    ],
)
def test_the_message_and_the_page_say_of_which_days_it_is(
    tinsach, stored, home, asked, said
) -> None:
    result = tinsach("report", *asked)
    assert (result.code, result.err) == (
        0,
        f"report.html: {said}; open it in a browser\n",
    )
    assert f'<p class="dim">{said}</p>' in (home / "report.html").read_text("utf-8")


def test_one_site_is_drawn_by_section_and_several_by_site(tinsach, stored, home):
    tinsach("report", *JULY)
    page = (home / "report.html").read_text("utf-8")
    assert "<h1>bao.example</h1>" in page
    assert "<figcaption>Articles by section</figcaption>" in page
