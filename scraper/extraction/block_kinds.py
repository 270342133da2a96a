"""Raw blocks to the blocks of the record: sub-headings, questions and answers told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.items import Block, BlockKind

if TYPE_CHECKING:
    from scraper.extraction.blocks import RawBlock

_MAX_HEADING_WORDS = 30
_MIN_QUESTIONS = 2
_ENDS_OF_SENTENCE = (".", "!", "…", ":", ";", ",", "”", '"', ")")


def article_blocks(body: list[RawBlock]) -> tuple[Block, ...]:
    """Return *body* as blocks.

    A paragraph wholly in bold is a sub-heading, or a question where it asks. Two
    questions make an interview: what follows one, up to the next heading, answers it.
    """
    kinds = [_kind(block) for block in body]
    if kinds.count(BlockKind.QUESTION) < _MIN_QUESTIONS:
        kinds = [BlockKind.HEADING if k is BlockKind.QUESTION else k for k in kinds]
    else:
        kinds = _with_answers(kinds)
    return tuple(Block(kind, b.text) for kind, b in zip(kinds, body, strict=True))


def _kind(block: RawBlock) -> BlockKind:
    if block.kind is BlockKind.HEADING and block.text.endswith("?"):
        return BlockKind.QUESTION
    if block.kind is not BlockKind.PARAGRAPH or not block.is_bold:
        return block.kind
    if block.text.rstrip('”"').endswith("?"):
        return BlockKind.QUESTION
    short = len(block.words) <= _MAX_HEADING_WORDS
    if short and not block.text.endswith(_ENDS_OF_SENTENCE):
        return BlockKind.HEADING
    return BlockKind.PARAGRAPH


def _with_answers(kinds: list[BlockKind]) -> list[BlockKind]:
    answered: list[BlockKind] = []
    asked = False
    for kind in kinds:
        if kind in (BlockKind.QUESTION, BlockKind.HEADING):
            asked = kind is BlockKind.QUESTION
        answers = asked and kind is BlockKind.PARAGRAPH
        answered.append(BlockKind.ANSWER if answers else kind)
    return answered
