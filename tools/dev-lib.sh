#!/bin/sh
# What ./dev is made of: installing, configuring, building, running suites. Read by ./dev, not run.
# shellcheck disable=SC2034 # some variables are for ./dev

NODE_MIN="20.19"
NODE_PINNED="20.20.0"
RESULTS=build/tests/results.tsv
STAMPS=build/.stamps
JOBS=$(nproc 2>/dev/null || echo 2)
# one compiler cache for all clones: paths below the clone are hashed relative to it
export CCACHE_BASEDIR="$ROOT" CCACHE_NOHASHDIR=1

say() { printf '%s\n' "$*"; }
step() { printf '==> %s\n' "$*"; }
die() { printf 'dev: %s\n' "$*" >&2; exit 1; }
wrong() { printf 'dev: %s does not know %s\n' "$1" "$2" >&2; "help_$1" >&2; exit 2; }
value() { [ $# -ge 2 ] || die "$1 wants a value"; printf '%s' "$2"; }
digest() { sha256sum | cut -c1-32; }

# quiet NAME COMMAND...: output goes to build/logs/NAME.log, and to the screen only when it fails
quiet() {
    quiet_log=build/logs/$1.log
    shift
    mkdir -p build/logs
    "$@" >"$quiet_log" 2>&1 && return 0
    tail -n 60 "$quiet_log" >&2
    printf 'dev: that failed; the whole output is in %s\n' "$quiet_log" >&2
    return 1
}

as_root() {
    if [ "$(id -u)" = 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        sudo "$@"
    else
        die "needs root or sudo for: $*"
    fi
}

# apt_get LOG ARGUMENT...: how far it is goes to the screen, the rest to build/logs/LOG.log
apt_get() {
    apt_log=build/logs/$1.log
    shift
    mkdir -p build/logs
    { as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o APT::Status-Fd=1 -o DPkg::Lock::Timeout=600 "$@" 2>&1 ||
        echo "apt-get failed"; } | apt_progress "$apt_log"
    [ "$(tail -n 1 "$apt_log")" != "apt-get failed" ] && return 0
    tail -n 60 "$apt_log" >&2
    printf 'dev: that failed; the whole output is in %s\n' "$apt_log" >&2
    return 1
}

# apt_progress LOG: a line that counts on a terminal, else a line each 25 %
apt_progress() {
    grain=25 before='' after='\n' shown=''
    [ ! -t 1 ] || { grain=1 before='\r' after='  '; }
    : >"$1"
    while IFS=: read -r kind name percent text; do
        case "$kind" in
        dlstatus) now=downloading ;;
        pmstatus) now=installing ;;
        *) printf '%s\n' "$kind${name:+:$name}${percent:+:$percent}${text:+:$text}" >>"$1"; continue ;;
        esac
        case "${percent%%.*}" in '' | *[!0-9]*) continue ;; esac
        now="$now $((${percent%%.*} / grain * grain)) %"
        [ "$now" = "$shown" ] && continue
        shown=$now
        # shellcheck disable=SC2059 # the ends are escapes
        printf "$before"'    %s'"$after" "$now"
    done
    [ -z "$shown" ] || [ "$grain" != 1 ] || printf '\n'
}

apt_install() {
    apt_get apt-update update && apt_get apt-install --no-install-recommends install "$@"
}

# need_packages SECTION...: what packages.apt names in them
need_packages() {
    missing=$(tools/packages missing "$@")
    [ -n "$missing" ] || return 0
    step "installing with apt: $(echo "$missing" | tr '\n' ' ')"
    # shellcheck disable=SC2086 # one package a word
    apt_install $missing || die "apt could not install what $1 names"
}

install_hooks() {
    hooks=$(git rev-parse --git-path hooks 2>/dev/null) || return 0
    mkdir -p "$hooks"
    for hook in pre-commit commit-msg; do
        # shellcheck disable=SC2016 # for the hook to expand
        hook_text=$(printf '#!/bin/sh\n[ -x ./.pre-commit ] || exit 0\nexec ./.pre-commit %s "$@"' "$hook")
        [ "$(cat "$hooks/$hook" 2>/dev/null)" = "$hook_text" ] && continue
        if [ -f "$hooks/$hook" ] && ! grep -q '\.pre-commit' "$hooks/$hook"; then
            say "note: $hooks/$hook is your own; ours is not installed over it"
            continue
        fi
        printf '%s\n' "$hook_text" >"$hooks/$hook"
        chmod +x "$hooks/$hook"
    done
}

# prepare [SECTION...]: every verb begins here; without a section with all but bench
prepare() {
    mkdir -p build/logs build/tests $STAMPS
    [ $# -gt 0 ] || set -- run test
    need_packages "$@"
    install_hooks
    need_grammars
}

# the C sources of the grammars that the program is built with (tools/grammars)
need_grammars() {
    want=$(cat tools/grammars/package.json tools/grammars/package-lock.json | digest)
    [ -d tools/grammars/node_modules ] && [ "$(cat $STAMPS/grammars 2>/dev/null)" = "$want" ] && return 0
    need_node
    step "installing grammars: npm ci"
    quiet grammars sh -c 'cd tools/grammars && npm ci --ignore-scripts --no-audit --no-fund' ||
        die "npm ci failed in tools/grammars"
    printf '%s\n' "$want" >$STAMPS/grammars
}

# ---- web -----------------------------------------------------------------------------------------

has_web() { [ -f web/package.json ]; }

node_is_enough() {
    command -v node >/dev/null && [ "$(printf '%s\n%s\n' "$NODE_MIN" "$(node --version | tr -d v)" | sort -V | head -n 1)" = "$NODE_MIN" ]
}

node_arch() {
    case "$(uname -m)" in
    x86_64) echo x64 ;;
    aarch64 | arm64) echo arm64 ;;
    *) die "no Node for $(uname -m) known here: install Node $NODE_MIN or newer and put it in the path" ;;
    esac
}

# Node >= 20.19: the one in the path, else the one under build/node, else fetched there with npm.
# Debian 12 has 18; the npm package node-linux-ARCH ships a Node binary and runs no script.
need_node() {
    node_is_enough && command -v npm >/dev/null && return 0
    package=node-linux-$(node_arch)
    fetched=$ROOT/build/node/node_modules/$package/bin
    if [ -x "$fetched/node" ]; then
        PATH=$fetched:$PATH
        export PATH
        command -v npm >/dev/null && return 0
    fi
    if ! command -v npm >/dev/null; then
        step "installing with apt: nodejs npm (the browser app is built with Node)"
        apt_install nodejs npm || die "Node $NODE_MIN or newer is needed to build web/; apt could not install nodejs and npm"
        node_is_enough && return 0
    fi
    step "Node here is $(node --version 2>/dev/null || echo absent), $NODE_MIN is needed: fetching $NODE_PINNED into build/node"
    mkdir -p build/node
    quiet node npm install --prefix build/node --ignore-scripts --no-audit --no-fund "$package@$NODE_PINNED" ||
        die "Node $NODE_MIN or newer is needed to build web/; put it in the path, or let npm reach its registry"
    PATH=$fetched:$PATH
    export PATH
    node_is_enough || die "the fetched Node does not run here; install Node $NODE_MIN or newer"
}

need_web_modules() {
    [ -f web/package-lock.json ] || { say "web/package-lock.json is not here; web is left out"; return 1; }
    need_node
    want=$(cat web/package.json web/package-lock.json | digest)
    [ -d web/node_modules ] && [ "$(cat $STAMPS/npm 2>/dev/null)" = "$want" ] && return 0
    step "installing web packages: npm ci"
    (cd web && quiet_npm_ci) || die "npm ci failed in web/"
    printf '%s\n' "$want" >$STAMPS/npm
}

quiet_npm_ci() {
    npm ci --ignore-scripts --no-audit --no-fund >"$ROOT/build/logs/npm.log" 2>&1 && return 0
    tail -n 30 "$ROOT/build/logs/npm.log" >&2
    return 1
}

web_digest() {
    { find web -type f -not -path '*/node_modules/*' -not -path 'web/dist/*' -not -path 'web/test/*' -print0 |
        LC_ALL=C sort -z | xargs -0 sha256sum; } | digest
}

build_web() {
    has_web || { say "web/ is not here: the program is built without the browser app"; return 0; }
    want=$(web_digest)
    [ -f web/dist/index.html ] && [ "$(cat $STAMPS/web 2>/dev/null)" = "$want" ] && return 0
    need_web_modules || return 0
    step "building the browser app"
    (cd web && npm run build >"$ROOT/build/logs/web-build.log" 2>&1) || {
        tail -n 40 build/logs/web-build.log >&2
        die "the browser app does not build"
    }
    rm -f build/*/assets.S # embedded again
    web_digest >$STAMPS/web
}

# ---- C -------------------------------------------------------------------------------------------

c_files() {
    for folder in src sandbox test fuzz bench; do
        [ -d $folder ] && find $folder -name '*.[ch]' -type f
    done | LC_ALL=C sort
}

# the flags of each build folder, for meson setup
build_flags() {
    case "$1" in
    release) echo "--buildtype=release" ;;
    asan) echo "-Doptimization=1 -Ddebug=true -Db_lundef=false -Db_sanitize=address,undefined" ;;
    tsan) echo "-Doptimization=1 -Ddebug=true -Db_lundef=false -Db_sanitize=thread" ;;
    fuzz) echo "-Doptimization=1 -Ddebug=true -Db_lundef=false -Db_sanitize=address,undefined -Dfuzz=true" ;;
    cover) echo "--buildtype=debug -Db_coverage=true" ;;
    *) die "no build named $1" ;;
    esac
}

build_compiler() { case "$1" in release | cover) echo gcc ;; *) echo clang ;; esac; }

build_c_args() {
    case "$1" in
    asan | fuzz) echo "-fsanitize=implicit-conversion -fno-sanitize-recover=all -fno-omit-frame-pointer" ;;
    tsan) echo "-fno-omit-frame-pointer" ;;
    esac
}

# Sets up build/NAME; again when a file came or went, since Meson lists folders only then.
configure() {
    [ -f meson.build ] || { say "meson.build is not here; no C is built"; return 1; }
    flags=$(build_flags "$1") compiler=$(build_compiler "$1") c_args=$(build_c_args "$1")
    want=$({ c_files; find . -name meson.build -not -path './build/*'; echo "$flags $compiler $c_args"; cat tools/layers.txt; } | digest)
    [ -f "build/$1/build.ninja" ] && [ "$(cat "$STAMPS/setup-$1" 2>/dev/null)" = "$want" ] && return 0
    again=
    [ -f "build/$1/build.ninja" ] && again=--reconfigure
    # shellcheck disable=SC2086 # flags are words
    CC="$(command -v ccache || true) $compiler" quiet "setup-$1" \
        meson setup $again $flags "-Dc_args=$c_args" "build/$1" || return 1
    printf '%s\n' "$want" >"$STAMPS/setup-$1"
}

# compile NAME [TARGET...]
compile() {
    name=$1
    shift
    step "building build/$name ($(build_compiler "$name"))"
    (
        flock 9
        configure "$name" && quiet "build-$name" ninja -C "build/$name" -j "$JOBS" -k 0 --quiet "$@"
    ) 9>"$STAMPS/lock-$name" || { say "dev: build/$name does not build" >&2; return 1; }
}

# ---- run -----------------------------------------------------------------------------------------

# port_answers N: curl ends with 7 where nobody listens
port_answers() {
    answered=0
    curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$1/" || answered=$?
    [ $answered != 7 ]
}

serve_demo() {
    program=$ROOT/build/release/ainative
    [ -x "$program" ] || die "build/release/ainative was not built"
    mkdir -p "$2"
    # a second one beside the first needs a port of its own for the metrics too
    ops_port=$((${1} + 1))
    # else the other's answer would be taken for ours
    ! port_answers "$1" || die "port $1 is taken by another program; choose one with --port"
    export AINATIVE_HTTP_LISTEN="127.0.0.1:$1" AINATIVE_OPS_LISTEN="127.0.0.1:$ops_port" AINATIVE_DATA="$2"
    "$program" migrate
    logins=
    [ "$3" = no ] || logins=$("$program" demo)
    "$program" serve &
    server=$!
    trap 'kill -TERM $server 2>/dev/null' INT TERM
    tries=0
    until curl -fsS -o /dev/null "http://127.0.0.1:$1/health/live" 2>/dev/null; do
        kill -0 $server 2>/dev/null || die "the server did not start: its line above says why"
        tries=$((tries + 1))
        [ $tries -lt 150 ] || die "the server does not answer on port $1"
        sleep 0.2
    done
    printf '\n  AI-Native is at  http://127.0.0.1:%s\n\n' "$1"
    [ -z "$logins" ] || printf '%s\n\n' "$logins"
    printf '  Ctrl-C stops it. Data: %s. Metrics: http://127.0.0.1:%s/metrics\n\n' "$2" "$ops_port"
    serve_status=0
    wait $server || serve_status=$?
    # a signal ends the first wait; the second one waits for the orderly stop
    while kill -0 $server 2>/dev/null; do
        serve_status=0
        wait $server || serve_status=$?
    done
    return $serve_status
}

# ---- tests ---------------------------------------------------------------------------------------

folder_suites() {
    for folder in test/*/; do
        folder=${folder%/}
        [ -z "$(find "$folder" -name '*.test.*' -type f -perm -u+x 2>/dev/null | head -n 1)" ] || basename "$folder"
    done
}

# run_suites "NAMES" ENGINE ONLY
run_suites() {
    wanted=$1 engines=$2 pattern=$3 suites_status=0
    [ -n "$wanted" ] || wanted="unit race tools $(folder_suites | tr '\n' ' ') web e2e"
    for suite in $wanted; do
        step "tests: $suite"
        case "$suite" in
        unit) suite_unit ;;
        race) suite_race ;;
        tools) suite_tools ;;
        web) suite_web ;;
        e2e) suite_e2e ;;
        *) suite_folder "$suite" ;;
        esac || suite_failed "$suite"
    done
    return $suites_status
}

# A suite that failed though none of its programs did (it did not build) counts as one failure.
suite_failed() {
    suites_status=1
    grep -qE "^$1(-[a-z]+)?	[^	]*	[0-9]+	[1-9]" "$RESULTS" 2>/dev/null || printf '%s\t%s\t0\t1\t0\t0\n' "$1" "(did not start)" >>"$RESULTS"
}

suite_unit() {
    compile asan || return 1
    tools/run-tests --meson build/asan --suite unit --label unit --only "$pattern" --jobs "$JOBS" --env AINATIVE_TEST_ENGINE="$engines"
}

# The checkers need nothing built; the generator of the benches is a program.
suite_tools() {
    compile asan bench/openloop || return 1
    tools/run-tests --dir tools/test --label tools --only "$pattern" --env AINATIVE_BUILD="$ROOT/build/asan"
}

# Threads meet in base (ring) and io; the domain is straight lines. The boxes that io/sandbox is a client of
# are built beside it (not sanitized: sandbox/meson.build says why).
suite_race() {
    configure tsan || return 1
    targets=$(meson introspect --targets build/tsan | python3 -c '
import json, re, sys
wanted = re.compile(r"/build/tsan/((io|base)_?\w*_test|sandbox/(ainative-sandbox|box_python\.so))$")
found = [wanted.search(t["filename"][0]) for t in json.load(sys.stdin)]
print(" ".join(f[1] for f in found if f))')
    [ -n "$targets" ] || { say "     race: no test program here"; return 0; }
    # shellcheck disable=SC2086 # one target a word
    compile tsan $targets || return 1
    tools/run-tests --meson build/tsan --suite unit --label race --only '^(base|io_)' --only "$pattern" --jobs "$JOBS" \
        --env AINATIVE_TEST_ENGINE="$engines"
}

suite_web() {
    has_web || { say "     web: web/ is not here"; return 0; }
    [ -n "$(find web/src web/test -name '*.test.ts*' 2>/dev/null | head -n 1)" ] || { say "     web: no test program here"; return 0; }
    need_web_modules || return 0
    tools/run-tests --label web --cmd web/vitest -- sh -c 'cd web && npx vitest run --reporter=tap-flat'
}

suite_e2e() {
    [ -f web/test/e2e/run.mjs ] || { say "     e2e: web/test/e2e/run.mjs is not here"; return 0; }
    build_web
    compile release || return 1
    [ -x build/release/ainative ] || { say "     e2e: the program is not here"; return 0; }
    tools/run-tests --label e2e --cmd web/e2e --timeout 1200 --env AINATIVE_BIN="$ROOT/build/release/ainative" \
        -- sh -c 'cd web && npm run --silent e2e'
}

# Stories against the program: faults and hundreds of judged programs at full speed, the rest with the sanitizers'
# eyes open (unit judges with them).
suite_folder() {
    [ -d "test/$1" ] || { say "     no suite is named $1: there is no test/$1"; return 1; }
    case "$1" in
    fault | content) kind=release ;;
    *) kind=asan ;;
    esac
    compile $kind || return 1
    engine_list=sqlite limit=600
    [ "$1" != content ] || limit=1500 # every package with its mutants, hundreds of programs
    [ -z "${AINATIVE_TEST_FULL-}" ] || limit=3600
    case "$1" in http | fault) engine_list=$(echo "$engines" | sed 's/both/sqlite pg/') ;; esac
    folder_status=0
    for one in $engine_list; do
        label=$1
        [ "$engine_list" = sqlite ] || label=$1-$one
        tools/run-tests --dir "test/$1" --label "$label" --only "$pattern" --timeout $limit --env AINATIVE_TEST_ENGINE="$one" \
            --env AINATIVE_BIN="$ROOT/build/$kind/ainative" --env AINATIVE_BUILD="$ROOT/build/$kind" || folder_status=1
    done
    return $folder_status
}

# ---- fuzz ----------------------------------------------------------------------------------------

# fuzz_targets SECONDS "NAMES"
fuzz_targets() {
    [ -n "$(find fuzz -name '*_fuzz.c' 2>/dev/null | head -n 1)" ] || { say "fuzz: no target here"; return 0; }
    names=${2:-$(find fuzz -name '*_fuzz.c' -exec basename {} .c \; | LC_ALL=C sort)}
    # shellcheck disable=SC2086 # one target a word
    compile fuzz $names || return 1
    step "fuzzing for $1 s each: $(echo "$names" | tr '\n' ' ')"
    # shellcheck disable=SC2086 # one target a word
    printf '%s\n' $names | xargs -P "$JOBS" -I{} tools/fuzz-one {} "$1"
}

# ---- lint ----------------------------------------------------------------------------------------

# check NAME COMMAND...: prints its output when it finds something
check() {
    check_name=$1
    shift
    if "$@" >"build/logs/lint-$check_name.log" 2>&1; then
        printf 'ok   %-12s %s\n' "$check_name" "$(tail -n 1 "build/logs/lint-$check_name.log" | cut -c1-80)"
    else
        printf 'FAIL %s\n' "$check_name"
        sed 's/^/     /' "build/logs/lint-$check_name.log" | tail -n 200
        bad=1
    fi
}

check_format() { c_files | xargs -r clang-format --dry-run -Werror; }

# Headers that a program of ours makes (filters, the harness): without them their readers can't be looked at.
made_headers() {
    meson introspect --targets "build/$1" | python3 -c '
import json, os, sys
root = os.path.realpath("build/" + sys.argv[1])
made = [name for t in json.load(sys.stdin) if t["type"] == "custom" for name in t["filename"]]
print(" ".join(os.path.relpath(os.path.realpath(m), root) for m in made if m.endswith(".h")))' "$1"
}

lint_c() {
    step "lint: C"
    check format check_format
    configure asan || { bad=1; return 0; }
    headers=$(made_headers asan)
    # shellcheck disable=SC2086 # one target a word
    [ -z "$headers" ] || compile asan $headers || { bad=1; return 0; }
    check analyse tools/analyse --build build/asan --jobs "$JOBS"
}

shell_files() {
    git ls-files --cached --others --exclude-standard | while read -r file; do
        [ -f "$file" ] || continue
        case "$file" in *.md | web/node_modules/*) continue ;; esac
        head -n 1 "$file" 2>/dev/null | LC_ALL=C tr -d '\0' | grep -qE '^#!.*(/|env )(ba|da)?sh( |$)' && printf '%s\n' "$file"
    done
    return 0
}

check_shell() { shell_files | xargs -r shellcheck --external-sources; }

check_python() {
    grep -lE '^#!.*python3' -r tools test bench 2>/dev/null | grep -v node_modules | while read -r file; do
        python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read(), sys.argv[1])' "$file" || exit 1
    done
}

check_generated() { [ ! -x tools/generated ] || tools/generated --check; }

lint_tools() {
    step "lint: tools"
    check layers tools/layers
    check sizes tools/sizes
    if [ -f build/asan/compile_commands.json ]; then
        check banned tools/banned --build build/asan
    else
        check banned tools/banned
    fi
    check secrets tools/secrets
    check shellcheck check_shell
    check python check_python
    check generated check_generated
    tools/packages check >build/logs/lint-packages.log 2>&1 ||
        say "note packages: $(wc -l <build/logs/lint-packages.log) versions differ from packages.lock (build/logs/lint-packages.log)"
    tools/subjects 20 || say "note subjects: the commits above don't follow \`area: what changes\`"
}

web_script() { (cd web && npm run --silent "$1"); }

lint_web() {
    step "lint: web"
    has_web || { say "     web/ is not here"; return 0; }
    need_web_modules || return 0
    for script in lint typecheck format:check; do
        if grep -q "\"$script\":" web/package.json; then
            check "web-$(echo "$script" | tr : -)" web_script "$script"
        fi
    done
}
