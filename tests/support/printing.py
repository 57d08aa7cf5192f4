"""What a browser prints."""

import re

# In points, as wide and as high.
A4, A4_WIDE = (595, 842), (842, 595)


def pages_in(pdf: bytes) -> list[tuple[int, int]]:
    """Return the size of each page of a PDF in points."""
    boxes = re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    assert len(boxes) == len(re.findall(rb"/Type /Page\b", pdf))
    return [(round(float(width)), round(float(height))) for width, height in boxes]
