#!/usr/bin/env bash
# Prepares Gradescope's container: the tools that programs are built and run with. Written by socklab
# @VERSION@.
set -eu

source=${AUTOGRADER_ROOT:-/autograder}/source

chmod 755 "$source/socklab"
if ! "$source/socklab" --version; then
    echo @TOO_OLD@
    exit 1
fi
if command -v apt-get >/dev/null; then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    apt-get install -y --no-install-recommends @PACKAGES@
fi
# What this container allows stands in the log. Without namespaces there is no sandbox, and nothing is
# graded unless the zip was made with --unsafe.
"$source/socklab" --lang @LANGUAGE@ doctor || true
