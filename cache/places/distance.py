"""Distances on the globe."""

from typing import Any

import numpy as np
import numpy.typing as npt

RADIUS = 6371.0088  # km, the mean radius of the earth
LONGEST = 20_100  # km: no two places are further apart


def kilometres(latitude: Any, longitude: Any, north: Any, east: Any) -> npt.NDArray[np.float64]:
    """Along the surface of a globe, each place (in degrees) to the other; NaN where one is not known.

    The earth is no globe: real distances differ by up to half of one per cent.
    """
    one, other = np.radians(latitude), np.radians(north)
    across = np.sin((np.radians(east) - np.radians(longitude)) / 2) ** 2
    up = np.sin((other - one) / 2) ** 2
    share = np.clip(up + np.cos(one) * np.cos(other) * across, 0, 1)
    found: npt.NDArray[np.float64] = 2 * RADIUS * np.arcsin(np.sqrt(share))
    return found
