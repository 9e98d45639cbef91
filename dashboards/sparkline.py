"""Sparklines as small images: a chart library for a line of twelve points would cost every page a second."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from dashboards import fmt

WIDTH, HEIGHT, EDGE = 200, 34, 3


def sparkline(values: Sequence[float | None]) -> str:
    """An <img> of the values as a line over a light area; empty for fewer than two values."""
    values = values[fmt.first_figure(list(values)) :]
    known = [float(v) for v in values if v is not None]
    if len(known) < 2:
        return ""
    low, high = min([0.0, *known]), max([0.0, *known])
    span = (high - low) or 1
    step = WIDTH / (len(values) - 1)
    points = [
        f"{place * step:.1f},{HEIGHT - EDGE - (float(v) - low) / span * (HEIGHT - 2 * EDGE):.1f}"
        for place, v in enumerate(values)
        if v is not None
    ]
    first, last = points[0].split(",")[0], points[-1].split(",")[0]
    drawing = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none">'
        f'<polygon points="{first},{HEIGHT} {" ".join(points)} {last},{HEIGHT}" fill="#3F82CF" fill-opacity=".14"/>'
        f'<polyline points="{" ".join(points)}" fill="none" stroke="#3F82CF" stroke-width="1.6" '
        'vector-effect="non-scaling-stroke" stroke-linejoin="round"/></svg>'
    )
    image = base64.b64encode(drawing.encode()).decode()
    return f'<img class="spark" alt="" src="data:image/svg+xml;base64,{image}">'
