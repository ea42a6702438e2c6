import subprocess
import sys

import pytest

from analysis.model.choice.columns import muted_solver

REMARK = """
import ctypes
import sys
from analysis.model.choice.columns import muted_solver
library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
print("before")
with muted_solver():
    library.printf(b"remark of compiled code\\n")
print("after")
"""


def test_remarks_of_compiled_code_do_not_reach_standard_output():
    done = subprocess.run(
        [sys.executable, "-c", REMARK], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["before", "after"]


def test_an_error_inside_gives_standard_output_back(capfd):
    with pytest.raises(ValueError, match="inside"), muted_solver():
        raise ValueError("inside")
    print("still here")
    assert capfd.readouterr().out == "still here\n"
