#!/usr/bin/env bash
# The whole path in one command: compiles the digits network with atc, classifies the held-out images
# with a C++ AscendCL application on the simulated NPU, and shows where the predicted time goes.
source "$(dirname "${BASH_SOURCE[0]}")/setup.sh"
set_up atc om digits_demo || exit 1
cd "$root" || exit 1

digits=examples/digits
out=build/demo
mkdir -p "$out"

# Shows a command, then runs it.
show() {
  printf '\n$ %s\n' "$*"
  "$@"
}

show build/bin/atc --model=$digits/digits.onnx --framework=5 --output=$out/digits --soc_version=Ascend310P3 \
  --input_shape=image:8,1,8,8 --insert_op_conf=$digits/aipp.cfg --report=$out/report.json || exit 1
show build/bin/digits_demo $out/digits.om $digits/digits_test_images.npy $digits/digits_test_labels.npy || exit 1
"$venv/bin/python" -c 'import numpy, sys; numpy.load(sys.argv[1])[:8].tofile(sys.argv[2])' \
  $digits/digits_test_images.npy $out/batch.bin || exit 1
show build/bin/om run $out/digits.om --input $out/batch.bin --output $out/results --stats $out/stats.json \
  --trace $out/trace.json || exit 1
printf '\nWhere the time of a first run goes (nothing in the L2 cache yet):\n'
"$venv/bin/python" python/openatc/show_stats.py $out/stats.json
