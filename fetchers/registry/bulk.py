"""The registry's own download of all its studies (``ctg-studies.json.zip``), read study by study, never unpacked.

A file is refused as a whole (``Validation``) when it cannot be the registry's or is not whole; a study that cannot be
read is set aside like one of an answer, since its name tells which it is.
"""

import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO, Self

from fetchers.errors import Parsing, Validation
from fetchers.record.study import Study, read_study
from fetchers.registry.pages import Page, SetAside, moment

PAGE = 500
# The largest record seen is 3.6 MB, and all of them are 10.3 GB: what needs much more is no file of the registry.
LARGEST = 64 * 1024 * 1024
LARGEST_IN_ALL = 64 * 1024 * 1024 * 1024
# Each study lies in the folder of its last two digits; of so many, some end in any two.
FOLDERS, ENOUGH_FOR_ALL = 100, 10_000

_NAME = re.compile(r"([0-9]{2})/NCT([0-9]{6}\1)\.json")
_HEAD = struct.Struct("<4s2xHH16xHH")
_ENCRYPTED = 1
_BROKEN = (zipfile.BadZipFile, struct.error, NotImplementedError, UnicodeDecodeError, ValueError, EOFError)


class BulkFile:
    """The file, opened, its directory read and found whole; use as a context manager.

    Raises Validation when there is no such file, or it is cut off, no archive, or not the registry's.
    """

    def __init__(self, path: Path, *, largest_in_all: int = LARGEST_IN_ALL) -> None:
        self.path = path
        # Columns instead of objects: there are 606,000 studies.
        self._numbers, self._offsets = array("I"), array("Q")
        self._packed, self._sizes, self._sums = array("Q"), array("Q"), array("I")
        self._stored = bytearray()
        self.others = 0  # members that are no studies, passed over
        self._file = self._open(largest_in_all)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def __len__(self) -> int:
        """How many studies the file names."""
        return len(self._numbers)

    def ids(self) -> Iterator[str]:
        """Their NCT ids, in the order of the file."""
        return (f"NCT{number:08d}" for number in self._numbers)

    def lacks(self, nct_ids: Collection[str]) -> set[str]:
        """Those of these ids that the file does not name."""
        there = set(self._numbers)
        return {nct_id for nct_id in nct_ids if int(nct_id[3:]) not in there}

    def pages(self) -> Iterator[Page]:
        """All studies, a few hundred at a time, each proven whole by its checksum.

        Raises Validation when one is damaged: then the file is, and no part of it may be believed.
        """
        for start in range(0, len(self), PAGE):
            studies: list[Study] = []
            set_aside: list[SetAside] = []
            for at in range(start, min(start + PAGE, len(self))):
                nct_id = f"NCT{self._numbers[at]:08d}"
                try:
                    studies.append(_study(self._member(at, nct_id), nct_id))
                except Parsing as error:
                    set_aside.append(SetAside(nct_id, str(error)))
            dates = (moment(study.derived_section.misc_info_module.version_holder) for study in studies)
            yield Page(tuple(studies), tuple(set_aside), None, max((day for day in dates if day), default=None))

    def _open(self, largest_in_all: int) -> BinaryIO:
        try:
            with zipfile.ZipFile(self.path) as archive:
                for info in archive.infolist():
                    self._note(info)
            self._check(largest_in_all)
            return self.path.open("rb")
        except Validation:
            raise
        except _BROKEN as error:
            raise self._refusal(f"it is cut off or no zip archive ({error}). Download it again") from error
        except OSError as error:
            raise Validation(f"The file {self.path} cannot be read: {error.strerror or error}.") from error

    def _note(self, info: zipfile.ZipInfo) -> None:
        found = _NAME.fullmatch(info.filename)
        if found is None:
            self.others += not info.is_dir()
            return
        if info.flag_bits & _ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise self._refusal(f"{info.filename} is packed in a way the registry does not use")
        if info.file_size > LARGEST:
            raise self._refusal(f"{info.filename} would unpack to {info.file_size:,} bytes, more than any study has")
        self._numbers.append(int(found[2]))
        self._offsets.append(info.header_offset)
        self._packed.append(info.compress_size)
        self._sizes.append(info.file_size)
        self._sums.append(info.CRC)
        self._stored.append(info.compress_type == zipfile.ZIP_STORED)

    def _check(self, largest_in_all: int) -> None:
        if not len(self):
            raise self._refusal("it holds no studies (one NN/NCTxxxxxxNN.json each)")
        if len(set(self._numbers)) < len(self):
            raise self._refusal("it holds a study twice")
        unpacked = sum(self._sizes)
        if unpacked > largest_in_all or sum(self._packed) > self.path.stat().st_size:
            raise self._refusal(f"it would unpack to {unpacked:,} bytes, more than the registry has")
        folders = len({number % FOLDERS for number in self._numbers})
        if len(self) >= ENOUGH_FOR_ALL and folders < FOLDERS:
            raise self._refusal(f"it has {folders} of the registry's {FOLDERS} folders")

    def _member(self, at: int, nct_id: str) -> bytes:
        """The study as it was before it was packed."""
        try:
            self._file.seek(self._offsets[at])
            head = self._file.read(_HEAD.size)
            mark, _, _, name, extra = _HEAD.unpack(head)
            self._file.seek(name + extra, 1)
            packed = self._file.read(self._packed[at])
        except struct.error:
            mark, packed = b"", b""
        except OSError as error:
            raise Validation(f"The file {self.path} cannot be read: {error.strerror or error}.") from error
        body = _unpacked(packed, self._sizes[at], stored=bool(self._stored[at])) if mark == b"PK\3\4" else None
        if body is None or zlib.crc32(body) != self._sums[at]:
            raise self._refusal(f"{nct_id} in it is damaged. Download it again")
        return body

    def _refusal(self, why: str) -> Validation:
        return Validation(f"{self.path} is not the registry's whole file: {why}. Nothing was changed.")


def _unpacked(packed: bytes, size: int, *, stored: bool) -> bytes | None:
    """The bytes, exactly as many as the directory says, however many a bomb would give."""
    if stored:
        return packed if len(packed) == size else None
    reader = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        body = reader.decompress(packed, size + 1)
    except zlib.error:
        return None
    return body if reader.eof and len(body) == size else None


def _study(body: bytes, nct_id: str) -> Study:
    """The study of this id. Raises Parsing when it is none, or another."""
    study = read_study(body)
    if study.nct_id != nct_id:
        raise Parsing(f"The file of {nct_id} holds {study.nct_id}.")
    return study
