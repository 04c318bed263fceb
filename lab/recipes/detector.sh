#!/bin/sh
# The finder and the refiner, from nothing to ONNX: about three hours on two shared cores. Stopped, it goes on where it was.
# Needs the pool that lab/plates.py writes, in $WORK/pool. Sizes and seeds are those of the shipped weights, with two differences:
# theirs had scenes 1 to 20 without fences and numbers, and 20,000 of the refiner's cut-outs came before the finder's false finds
# (lab/LOG-detector.md). In the first round the refiner still learned from cut-outs mixed and weighted in another way.
set -eu
cd "$(dirname "$0")/../.."
: "${PYTHON:=python3}" "${WORK:=../lab}" "${EVAL:=../shared/data/eval}"
SCENES=$WORK/scenes RUN=$WORK/detector/run
export OMP_NUM_THREADS=1 PLATEWARDEN_LAB="$WORK"
have() { test -e "$SCENES/$1.npy"; }

have dev_0001 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --seeds 1 --held-out
have scenes_0020 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --seeds $(seq 1 20)
have scenes_0108 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --seeds $(seq 101 108) --empty 0.55
find_more() { "$PYTHON" -m lab.train_detector finder --scenes "$SCENES" --out "$RUN" --pictures "$1" --rate 3e-3; }
test -e "$SCENES/scenes_0108.false.json" || find_more 60000
test -e "$SCENES/scenes_0108.false.json" || "$PYTHON" -m lab.train_detector false --scenes "$SCENES" --out "$RUN"
"$PYTHON" -m lab.train_detector refiner --scenes "$SCENES" --out "$RUN" --pictures 150000 --batch 32
find_more 105000

# Second round: streets full of what is no plate, and plates that fill the picture. Both networks go on from where they were.
AGAIN=$WORK/detector/run2 LAST=$WORK/detector/run3 NEXT=$WORK/detector/next
have dev_0201 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --kind street --empty 0.5 --held-out --seeds 201
have dev_0301 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --kind close --held-out --count 400 --seeds 301
have scenes_0208 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --kind street --empty 0.5 --seeds $(seq 201 208)
have scenes_0303 || "$PYTHON" -m lab.train_detector scenes --out "$SCENES" --kind close --seeds 301 302 303
test -e "$SCENES/scenes_0303.false.json" || "$PYTHON" -m lab.train_detector false --scenes "$SCENES" --out "$RUN"
"$PYTHON" -m lab.train_detector refiner --scenes "$SCENES" --out "$AGAIN" --start "$RUN/refiner.pt" --pictures 200000 --batch 48 --rate 1.2e-3
"$PYTHON" -m lab.train_detector finder --scenes "$SCENES" --out "$AGAIN" --start "$RUN/finder.pt" --pictures 45000 --rate 1.5e-3
# What the new finder takes for plates (of scenes 201 to 204), and the refiner once more.
if ! test -e "$LAST/refiner.pt"; then
    mkdir -p "$LAST" "$LAST/scenes" && cp "$AGAIN/finder.pt" "$LAST"
    for n in 201 202 203 204; do ln -sf "$(realpath "$SCENES")/scenes_0$n.npy" "$(realpath "$SCENES")/scenes_0$n.json" "$LAST/scenes/"; done
    "$PYTHON" -m lab.train_detector false --scenes "$LAST/scenes" --out "$AGAIN" --least 0.05
    cp "$LAST/scenes/"*.false.json "$SCENES/"
fi
"$PYTHON" -m lab.train_detector refiner --scenes "$SCENES" --out "$LAST" --start "$AGAIN/refiner.pt" --pictures 56000 --batch 48 --rate 8e-4  # theirs: stopped by the clock at 48,816
"$PYTHON" -m lab.export_detector "$LAST" "$NEXT/raw"
for name in finder refiner; do "$PYTHON" -m lab.pack "$NEXT/raw/$name.onnx" "$NEXT/$name.onnx"; done
for name in finder refiner; do "$PYTHON" -m lab.trim "$name" "$NEXT/$name.onnx" "$NEXT/trimmed/$name.onnx" --train ../shared/data/train; done  # the same answers with less; these ship
"$PYTHON" -m lab.measure_detector "$NEXT/trimmed" "$EVAL" --scenes "$SCENES" --plate-free "$WORK/plate-free"
