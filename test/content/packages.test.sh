#!/bin/sh
# Every package of content/ holds what judge.md A7 asks: one TAP line for each. At most MUTANTS of each are run
# (all of up to 200 with `./dev test content --full`).
set -u
program=${AINATIVE_BIN:-build/release/ainative}
mutants=24
[ -z "${AINATIVE_TEST_FULL-}" ] || mutants=200
unset AINATIVE_BIN AINATIVE_BUILD AINATIVE_TEST_ENGINE AINATIVE_TEST_FULL
n=0 failed=0
for folder in content/exercises/*/; do
    slug=$(basename "$folder")
    n=$((n + 1))
    if said=$("$program" exercise check --mutants "$mutants" --dir "content/exercises/$slug" 2>&1); then
        echo "ok $n - $slug"
        echo "$said" | grep 'mutation score' | sed 's/.*mutation score/# mutation score/'
    else
        failed=$((failed + 1))
        echo "not ok $n - $slug"
        echo "$said" | sed 's/^/# /'
    fi
done
echo "1..$n"
[ "$failed" -eq 0 ]
