"""The Equal Earth projection: a world map on which equal areas are equal, and nothing is cut in the middle.

B. Šavrič, T. Patterson, B. Jenny: The Equal Earth map projection. International Journal of Geographical Information
Science 33 (2019), 454-465. Pure.
"""

from math import asin, cos, pi, radians, sin, sqrt

_A1, _A2, _A3, _A4 = 1.340264, -0.081106, 0.000893, 0.003796
_M = sqrt(3) / 2
WIDEST = 2 * sqrt(3) * pi / (3 * _A1)  # x of the eastern end of the equator


def project(latitude: float, longitude: float) -> tuple[float, float]:
    """Where a place in degrees lies on the map of a globe of radius 1: x to the east, y to the north of (0°, 0°)."""
    theta = asin(_M * sin(radians(latitude)))
    squared = theta * theta
    sixth = squared**3
    slope = _A1 + 3 * _A2 * squared + sixth * (7 * _A3 + 9 * _A4 * squared)
    x = 2 * sqrt(3) * radians(longitude) * cos(theta) / (3 * slope)
    return x, theta * (_A1 + _A2 * squared + sixth * (_A3 + _A4 * squared))
