"""Reading the XML of a workbook as a stream: no tree is built, nothing outside is fetched."""

from collections.abc import Iterator
from typing import Protocol
from xml.sax import SAXException
from xml.sax.handler import ContentHandler

from defusedxml.common import DefusedXmlException
from defusedxml.expatreader import DefusedExpatParser

from talking_together.invitations.staff_lists.files.archives import BOMB, DAMAGED
from talking_together.invitations.staff_lists.files.tables import UnreadableList

PIECE = 64 * 1024
# The parser looks at an unfinished tag or comment from its start with each piece: one of many
# megabytes would take it minutes.
MAX_TAG = 4 * PIECE
NOT_A_WORKBOOK = (
    "The workbook refers to something outside itself, which a staff list never does. "
    "Copy the rows into a new workbook and upload that."
)


class Source(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int) -> bytes:
        """Return the next piece."""


def parse(source: Source, handler: ContentHandler) -> Iterator[None]:
    """Feed the XML to a handler piece by piece; yields after each, so that its finds can be taken."""
    # No document type at all: with it go entities, inner and outer.
    parser = DefusedExpatParser(forbid_dtd=True)
    parser.setContentHandler(handler)
    fed = 0
    try:
        while piece := source.read(PIECE):
            parser.feed(piece)
            fed += len(piece)
            if fed - parser._parser.CurrentByteIndex > MAX_TAG:  # noqa: SLF001 - nothing else says it
                raise UnreadableList(BOMB)
            yield
        parser.close()
        yield
    except DefusedXmlException:
        raise UnreadableList(NOT_A_WORKBOOK) from None
    except (SAXException, ValueError):
        raise UnreadableList(DAMAGED) from None


def parse_whole(source: Source, handler: ContentHandler) -> None:
    """Feed all of the XML to a handler."""
    for _ in parse(source, handler):
        pass


def local(name: str) -> str:
    """Return a name without its prefix."""
    return name.rpartition(":")[2]
