"""Every number of the model, whose it is and why: read, override, freeze, fingerprint."""

from analysis.assumptions.effective import (
    Assumptions,
    difference,
    read_assumptions,
    read_calendar,
    toml_text,
    write_new,
)
from analysis.assumptions.files import (
    COMPONENTS,
    FACTORS,
    GROUPS,
    Entry,
    FeeStep,
    factor_components,
)
