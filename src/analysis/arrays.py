"""The kind of array that model, views and figures hand to one another."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
