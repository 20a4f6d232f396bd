#!/usr/bin/env bash
# Make the function's folder: its own dependencies without what it never loads, its code, the index; all compiled.
# Usage: search_fn/deploy/package.sh TARGET [INDEX]
set -euo pipefail
cd "$(dirname "$0")/../.."
target=${1:?the folder to make} index=${2:-index_data} python=${PYTHON:-python3}

rm -rf "$target"
# uv where an environment has no pip of its own.
installer=("$python" -m pip --quiet --disable-pip-version-check install --no-compile)
"$python" -m pip --version >/dev/null 2>&1 || installer=(uv pip install --quiet --python "$python")
"${installer[@]}" --no-deps --require-hashes --requirement requirements/function.txt --target "$target"
rm -rf "$target/bin"

# Arrow's other file systems, formats and services. libarrow, compute, acero, dataset, parquet, substrait stay: they
# are linked. So does all of numpy, which imports its own tests and is broken by strip.
cd "$target/pyarrow"
rm -rf include includes tests src vendored/tests ./*.pyx ./*.pxd ./*.pxi ./*.lib \
    libarrow_flight* libarrow_python_flight* _flight* ./*parquet_encryption* _orc* _substrait* _s3fs* _gcsfs* _azurefs* \
    _hdfs* libarrow_s3* _pyarrow_cpp_tests* libarrow_python.so libarrow_python.so.*.*.*
cd - >/dev/null
# What ONNX Runtime has for makers of models, and its library for other languages: Python's module has it inside.
rm -rf "$target"/onnxruntime/{backend,datasets,quantization,tools,transformers} "$target"/onnxruntime/capi/libonnxruntime.so.*
if command -v strip >/dev/null; then
    find "$target"/{lancedb,pyarrow,pydantic_core} -name '*.so*' -type f -exec strip --strip-unneeded {} +
fi

cp -R search_fn "$target/search_fn"
rm -rf "$target/search_fn/deploy"
find "$target/search_fn" -name __pycache__ -prune -exec rm -rf {} +
cp -R "$index" "$target/index_data"
# An image stays where a run finds nothing changed, so it does not know when a build last looked.
rm -f "$target/index_data/checked.json"
# A function's folder is read-only: what is not compiled now is compiled at every start. Hashes, unchecked, since
# the dates of files do not outlive an image.
"$python" -m compileall -q -j 0 --invalidation-mode unchecked-hash "$target"
find "$target" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
du -sm "$target" | awk '{print $1 " MB in " $2}'
