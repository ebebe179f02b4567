"""In which color is what can be pressed? Its shades, from the lightest to the darkest, as the look asks for them."""

from __future__ import annotations

PRIMARY = {
    "50": "oklch(98.4% .014 180.72)",
    "100": "oklch(95.3% .051 180.801)",
    "200": "oklch(91% .096 180.426)",
    "300": "oklch(85.5% .138 181.071)",
    "400": "oklch(77.7% .152 181.912)",
    "500": "oklch(70.4% .14 182.503)",
    "600": "oklch(53.5% .101 185.6)",  # white on it, and it on white, at 4.5 to 1
    "700": "oklch(51.1% .096 186.391)",
    "800": "oklch(43.7% .078 188.216)",
    "900": "oklch(38.6% .063 188.416)",
    "950": "oklch(27.7% .046 192.524)",
}
