#!/bin/sh
# Every package of content/ holds what judge.md A7 asks: one TAP line for each. 16 mutants of each are run, and each
# solution once with each hash seed; with `./dev test content --full` all of up to 200, and five times. A check waits for
# boxes half of its time, so several go side by side.
set -u
program=${AINATIVE_BIN:-build/release/ainative}
mutants=16 repeats=2
[ -z "${AINATIVE_TEST_FULL-}" ] || mutants=200 repeats=5
unset AINATIVE_BIN AINATIVE_BUILD AINATIVE_TEST_ENGINE AINATIVE_TEST_FULL
said=$(mktemp -d)
trap 'rm -rf "$said"' EXIT
# shellcheck disable=SC2016 # for the inner shell
for folder in content/exercises/*/; do basename "$folder"; done |
    xargs -P "$(nproc)" -I{} sh -c '"$1" exercise check --mutants "$2" --repeats "$5" --dir "content/exercises/$4" >"$3/$4" 2>&1 && : >"$3/$4.good"' \
        check "$program" "$mutants" "$said" {} "$repeats"
n=0 failed=0
for folder in content/exercises/*/; do
    slug=$(basename "$folder")
    n=$((n + 1))
    if [ -f "$said/$slug.good" ]; then
        echo "ok $n - $slug"
        sed -n 's/.*mutation score/# mutation score/p' "$said/$slug"
    else
        failed=$((failed + 1))
        echo "not ok $n - $slug"
        sed 's/^/# /' "$said/$slug"
    fi
done
echo "1..$n"
[ "$failed" -eq 0 ]
