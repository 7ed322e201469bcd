#!/bin/sh
# Cellblock's command line on an installed host; it lies in DATA/app/BUILD/bin.
build=$(dirname "$(dirname "$(readlink -f "$0")")")
CELLBLOCK_DATA=${CELLBLOCK_DATA:-$(dirname "$(dirname "$build")")} exec "$build/bin/node" "$build/cli.mjs" "$@"
