#!/usr/bin/env bash
# The verifier. Half an hour on a third of a core. Needs: POOL (of reader.sh; files 1, 2 and 3 are enough), TRAIN, RUN, and $PLATEWARDEN_LAB/fonts (lab/README.md).
# The shipped one is kept as it was exported, in thirty-two bits. How much is learned in 13 minutes depends on the machine: theirs saw 275,200 pieces.
set -euo pipefail
export OMP_NUM_THREADS=1
python -m lab.train_verifier find --train "$TRAIN" --out "$RUN" --seeds 1001 --count 250
python -m lab.train_verifier draw --train "$TRAIN" --pool "$POOL" --out "$RUN" --count 11000
python -m lab.train_verifier learn --out "$RUN" --minutes 13
python -m lab.train_verifier export --out "$RUN"
