#!/bin/bash
# macOS: double-click renders the class in data/private to reports/out/class, says where they are and waits.
cd "$(dirname "$0")/.." || exit 2
# A double-click may not have conda on its path; then it lies in one of these places.
conda=conda
command -v conda >/dev/null || for place in ~/{miniforge3,miniconda3,anaconda3} /opt/{miniforge3,miniconda3,anaconda3}; do
  [ -x "$place/condabin/conda" ] && conda="$place/condabin/conda"
done
run() { if [ -x .venv/bin/countersignal ]; then .venv/bin/countersignal "$@"; else "$conda" run --no-capture-output -n countersignal countersignal "$@"; fi; }
if ! run --version >/dev/null 2>&1; then
  echo "Countersignal is not set up on this computer, or its setup is of an earlier version."
  echo "In a terminal in this folder, run: conda env create -f environment.yml"
  echo "or, if it was set up before:       conda env update -f environment.yml"
  echo "Then double-click this file again. Press Return to close."
  read -r
  exit 2
fi
# A table may be CSV, text or a workbook; of several kinds the first in this order is taken.
file() { for kind in csv xlsx xls ods txt; do [ -e "data/private/$1.$kind" ] && { echo "data/private/$1.$kind"; return; }; done; return 1; }
extra=()
[ -e reports/out/class/manifest.json ] && extra=(--resume)
[ -e data/private/mapping.toml ] && extra+=(--mapping data/private/mapping.toml)
found=$(file preferences) && extra+=(--preferences "$found")
found=$(file graduates) && extra+=(--graduates "$found")
students=$(file students || echo data/private/students.csv)
programs=$(file programs || echo data/private/programs.csv)
run batch --students "$students" --programs "$programs" --out reports/out/class "${extra[@]}"
code=$?
echo
if [ $code -eq 0 ]; then
  echo "Done. The reports and summary.csv are in:"
  echo "  $PWD/reports/out/class"
else
  echo "Something needs your attention (see above)."
fi
echo "Press Return to close."
read -r
exit $code
