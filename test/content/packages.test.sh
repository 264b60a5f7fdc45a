#!/bin/sh
# Every package of content/ holds what judge.md A7 asks: one TAP line for each.
set -u
program=${AINATIVE_BIN:-build/release/ainative}
unset AINATIVE_BIN AINATIVE_BUILD AINATIVE_TEST_ENGINE
n=0 failed=0
for folder in content/exercises/*/; do
    slug=$(basename "$folder")
    n=$((n + 1))
    if said=$("$program" exercise check --dir "content/exercises/$slug" 2>&1); then
        echo "ok $n - $slug"
    else
        failed=$((failed + 1))
        echo "not ok $n - $slug"
        echo "$said" | sed 's/^/# /'
    fi
done
echo "1..$n"
[ "$failed" -eq 0 ]
