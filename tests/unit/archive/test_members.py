from __future__ import annotations

import gzip
import io
import os

import pytest

from scraper.archive.members import (
    end_of_sound,
    filler,
    iter_members,
    pack,
    read_member,
)

RECORDS = [b"mot" * 500, os.urandom(3000), b"ba"]


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "x.gz"
    path.write_bytes(b"".join(map(pack, RECORDS)))
    with path.open("r+b") as opened:
        yield opened


def ends() -> list[int]:
    sizes = [len(pack(record)) for record in RECORDS]
    return [sum(sizes[:n]) for n in range(len(sizes) + 1)]


def test_members_are_plain_gzip(file):
    assert gzip.decompress(file.read()) == b"".join(RECORDS)


def test_whole_members_end_where_the_file_does(file):
    assert end_of_sound(file) == ends()[-1]
    assert end_of_sound(file, ends()[1]) == ends()[-1]


def test_a_cut_at_any_byte_costs_the_last_member_only(file):
    first, second, third, last = ends()
    for size in range(third, last):
        file.truncate(size)
        assert end_of_sound(file) == third
    for size in (third - 1, second + 1):
        file.truncate(size)
        assert end_of_sound(file) == second
    file.truncate(second - 1)
    assert end_of_sound(file) == first == 0


def test_a_last_member_of_the_right_length_with_other_bytes_is_damaged_not_half(file):
    _, _, third, last = ends()
    file.seek(last - 6)
    file.write(b"\0\0")
    file.flush()
    assert end_of_sound(file) == last
    member = read_member(file, third)
    assert (member.end, member.is_half) == (last, False)
    assert member.damage


@pytest.mark.parametrize("at", [0, 3, 10, 12, 16, 40, 300])
def test_a_damaged_member_costs_no_other(tmp_path, at):
    records = [b"WARC/1.1 " + record for record in RECORDS]
    packed = [pack(record) for record in records]
    content = bytearray(b"".join(packed))
    content[len(packed[0]) + at] ^= 0x42
    (tmp_path / "x.gz").write_bytes(content)
    with (tmp_path / "x.gz").open("rb") as file:
        found = list(iter_members(file))
        assert end_of_sound(file) == len(content)
    whole = [member.content for member in found if not member.damage]
    assert whole in ([records[0], records[2]], records)
    assert not any(member.is_half for member in found)


def test_zeros_after_a_crash_of_the_machine_are_no_member(file):
    last = ends()[-1]
    file.truncate(last + 4096)
    assert end_of_sound(file) == last


def test_members_of_another_program_are_passed_over_too(file):
    last = file.seek(0, io.SEEK_END)
    more = gzip.compress(b"khac")
    file.write(more + pack(b"sau") + more[:-3])
    file.flush()
    assert end_of_sound(file) == last + len(more) + len(pack(b"sau"))


@pytest.mark.parametrize(
    "length", [200, 201, 5000, 65_700, 65_800, 66_000, 200_001, 1_000_000]
)
def test_a_filler_has_the_length_asked_for(length):
    member = filler(length, b"ngan")
    assert len(member) == length
    assert gzip.decompress(member).strip() == b"ngan"


def test_a_filler_that_has_no_room_is_refused():
    with pytest.raises(ValueError, match="10 bytes hold no member"):
        filler(10, b"ngan")


def test_a_damaged_member_says_what_of_its_address_can_be_read(tmp_path):
    record = b"WARC/1.1\r\nWARC-Target-URI: http://a.vn/1\r\n" + os.urandom(9000)
    content = bytearray(pack(record))
    content[5000] ^= 1
    (tmp_path / "x.gz").write_bytes(content)
    with (tmp_path / "x.gz").open("rb") as file:
        member = read_member(file, 0)
    assert member.damage
    assert member.url == "http://a.vn/1"
