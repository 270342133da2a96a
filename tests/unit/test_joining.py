from __future__ import annotations

from dataclasses import replace

import pytest

from scraper.items import Article, Block, BlockKind, Image, Kind, Link
from scraper.reading import join
from scraper.text import fingerprint


def part(*texts: str, **fields: object) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)
    told = {"title": "Giá vàng", "lead": "Tóm tắt.", "lead_source": "page"} | fields
    url = "https://bao.example/gia-vang"
    return Article(
        url=url,
        canonical_url=url,
        site="bao.example",
        kind=Kind.ARTICLE,
        blocks=blocks,
        **told,
    )  # type: ignore[arg-type]


def test_the_blocks_of_all_parts_are_one_article() -> None:
    parts = [part("Một.", "Hai."), part("Ba."), part("Bốn.", authors=("Linh Sơn",))]
    whole = join(parts)
    assert [block.text for block in whole.blocks] == ["Một.", "Hai.", "Ba.", "Bốn."]
    assert whole.authors == ("Linh Sơn",)
    assert whole.extraction.parts == 3
    assert whole.content_fingerprint == fingerprint(whole.text)


def test_what_each_part_says_again_is_said_once() -> None:
    image = Image("https://bao.example/a.jpg")
    one = part("Hồ sơ", "Một.", images=(image,))
    two = part("Tóm tắt.", "Hồ sơ", "Hai.", images=(image,))
    whole = join([one, two])
    assert [block.text for block in whole.blocks] == ["Hồ sơ", "Một.", "Hai."]
    assert whole.images == (image,)


def test_one_part_is_itself_and_none_is_refused() -> None:
    alone = part("Một.")
    assert join([alone]) is alone
    with pytest.raises(ValueError, match="nothing to join"):
        join([])


def test_links_and_images_stay_at_their_blocks() -> None:
    link = Link("Ba", "https://bao.example/ba", 0)
    captions = [Block(BlockKind.CAPTION, "Xe"), Block(BlockKind.CAPTION, "Cầu")]
    images = (Image("https://a.example/1.jpg", position=1),)
    one = part("Không.", "Một.", images=images)
    two = replace(
        part(),
        blocks=(
            Block(BlockKind.PARAGRAPH, "Một."),
            captions[0],
            Block(BlockKind.PARAGRAPH, "Ba.", "", (link,)),
            captions[1],
        ),
        images=(
            Image("https://a.example/2.jpg", "Xe", position=1),
            Image("https://a.example/3.jpg", "Cầu", position=3),
            Image("https://a.example/1.jpg", position=4),
        ),
    )
    whole = join([one, two])
    assert [block.text for block in whole.blocks] == [
        *("Không.", "Một.", "Xe", "Ba.", "Cầu")
    ]
    assert whole.blocks[3].links == (link,)
    assert [image.position for image in whole.images] == [1, 2, 4]
    assert [whole.blocks[image.position].text for image in whole.images[1:]] == [
        "Xe",
        "Cầu",
    ]
