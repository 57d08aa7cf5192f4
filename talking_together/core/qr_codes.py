"""QR codes, drawn as SVG that stands in a page."""

from io import BytesIO

from markupsafe import Markup

# In modules, as the standard asks for; without it many phones do not find the code.
QUIET_ZONE = 4


def qr_svg(text: str, label: str) -> Markup:
    """Return the QR code of a text as inline SVG, black on white; `label` says what it leads to.

    A quarter of it may be covered or torn (error correction Q) and it can still be read.
    """
    # Loaded with the first code: few pages have one.
    import segno  # noqa: PLC0415

    drawn = BytesIO()
    segno.make(text, error="q", micro=False, boost_error=False).save(
        drawn,
        kind="svg",
        border=QUIET_ZONE,
        dark="#000",
        light="#fff",
        xmldecl=False,
        svgns=False,
        omitsize=True,
        nl=False,
        svgclass="qr",
        lineclass=None,
    )
    return Markup(
        drawn.getvalue().decode().replace("<svg ", Markup('<svg role="img" aria-label="%s" ') % label, 1)
    )
