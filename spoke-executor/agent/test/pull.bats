#!/usr/bin/env bats
# Pulling (contract A9) with a stub of the container tool: order, width, retries, counting, what is skipped.
# shellcheck disable=SC2016,SC2154 # hostile inputs are meant literally; some variables are set by bats and support.bash

load support

setup() {
    need jq
    work=$BATS_TEST_TMPDIR stubs=$BATS_TEST_TMPDIR/stubs calls=$BATS_TEST_TMPDIR/calls
    mkdir -p "$stubs" "$work/config" "$work/state"
    install_agent "$work/opt"
    export work calls PATH=$stubs:$PATH CONFIG_VOLUME_PATH=$work/config STATE_DIR=$work/state PULL_RETRY_DELAY=0
    export pull_spec_file=$work/images.txt CONTAINER_STORAGE=$work
    podman_stub ''
}

# podman_stub SCRIPT: what a pull does; $image is set. Listings come from $work/stored, one JSON object a line.
podman_stub() {
    stub podman <<SCRIPT
image=\${!#}
case \$1 in
    images) jq -s . "$work/stored" 2>/dev/null || echo '[]' ;;
    image) exit 1 ;;
    pull) $1
        true ;;
esac
SCRIPT
}
platform() { printf '%s\n' "$@" >"$work/images.txt"; }
additional() { printf '%s' "$1" >"$work/config/additionalImages"; }
pull() { run "$work/opt/pull.sh"; }
pulled() { sed -n 's/^podman pull .* //p' "$calls" | xargs; }
progress() { jq -r "$1" "$work/state/progress"; }

@test "both lists are pulled, counted and quoted images are taken without the quotes" {
    platform '"r.io/a:1"' '"r.io/b:1"'
    additional 'r.io/c:1'
    MAX_PULL_THREADS=1 pull
    ended 0
    equal 'r.io/a:1 r.io/b:1 r.io/c:1' "$(pulled)"
    has "[INFO]: Image pre-caching starting for platform-images"
    has "[DEBUG]: Pulling r.io/b:1 [2/2]"
    has "[DEBUG]: Waiting to finish pulling image: r.io/b:1"
    has "[INFO]: Image pre-caching complete for additional-images"
    grep -q -- '^podman pull --quiet --authfile /var/lib/kubelet/config.json r.io/a:1$' "$calls"
    equal '3/3' "$(progress '"\(.imagesDone)/\(.imagesTotal)"')"
}

@test "the configuration is found under the name that the Job sets, in lower case" {
    additional 'r.io/c:1'
    run env -u CONFIG_VOLUME_PATH config_volume_path="$work/config" "$work/opt/pull.sh"
    ended 0
    equal 'r.io/c:1' "$(pulled)"
}

@test "log lines have the prefix and the time of the contract" {
    additional 'r.io/c:1'
    TZ=Asia/Kolkata pull
    [[ ${lines[0]} =~ ^upgrades\.pre-cache\ [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\+05:30\ \[INFO\]:\ Image ]]
}

@test "the log level leaves out what is finer" {
    additional 'r.io/c:1'
    PRE_CACHE_LOG_LEVEL=0 pull
    equal '' "$output"
    PRE_CACHE_LOG_LEVEL=1 pull
    has_not DEBUG
    PRE_CACHE_LOG_LEVEL='a[$(touch '"$work"'/pwned)]' pull
    ended 1
    [[ ! -e $work/pwned ]]
}

@test "the last line counts without a newline, blank lines and duplicates do not" {
    additional $'\n  r.io/a:1 \r\nr.io/b:1\n\nr.io/a:1\nr.io/c:1'
    MAX_PULL_THREADS=1 pull
    ended 0
    equal 'r.io/a:1 r.io/b:1 r.io/c:1' "$(pulled)"
    has "Pulling r.io/c:1 [3/3]"
}

@test "empty and absent lists are skipped without a call" {
    platform ''
    pull
    ended 0
    [[ ! -e $calls ]]
}

@test "what is stored is skipped: by tag, by digest, without a tag" {
    digest=sha256:$(printf '%064d' 7)
    printf '{"Names":["r.io/a:1","r.io/b:latest"],"RepoDigests":["r.io/d@%s"]}\n{"Names":null}\n' "$digest" >"$work/stored"
    additional "r.io/a:1"$'\n'"r.io/b"$'\n'"r.io/d@$digest"$'\n'"r.io/d:v1@$digest"$'\n'"r.io/new:1"
    pull
    ended 0
    equal 'r.io/new:1' "$(pulled)"
    has "Skipping existing image r.io/d@$digest"
    equal '5 4' "$(progress '"\(.imagesDone) \(.imagesSkipped)"')"
}

@test "a short name, or a tool that cannot list, is asked for image by image" {
    stub podman <<<'case $1$2 in images*) exit 125;; imageexists) [[ $3 == short ]];; esac'
    additional $'short\nr.io/a:1'
    pull
    ended 0
    equal 'r.io/a:1' "$(pulled)"
}

@test "at most MAX_PULL_THREADS pulls run at a time, and that many do" {
    # Each pull is counted; the first ones wait until the window is full, so that the width is reached for certain.
    podman_stub 'mkdir -p "$work/on"; : >"$work/on/$$"; ls "$work/on" | wc -l >>"$work/widths"
        until grep -qx 3 "$work/widths"; do read -r -t 0.02 <> <(:); done
        rm "$work/on/$$"'
    additional "$(printf 'r.io/i%d:1\n' {1..12})"
    MAX_PULL_THREADS=3 pull
    ended 0
    equal 12 "$(pulled | wc -w)"
    equal 3 "$(sort -n "$work/widths" | tail -n 1)"
}

@test "a slow pull holds up one slot only" {
    podman_stub 'if [[ $image == r.io/slow:1 ]]; then
            until [[ $(grep -c "^podman pull" "$calls") == 9 ]]; do read -r -t 0.02 <> <(:); done
        fi'
    additional "$(printf 'r.io/%s:1\n' slow i{1..8})"
    MAX_PULL_THREADS=2 pull
    ended 0
    equal 9 "$(pulled | wc -w)"
}

@test "an absent image is tried eleven times, the others are pulled, and the run fails" {
    podman_stub 'if [[ $image == r.io/no:1 ]]; then echo "Error: manifest unknown" >&2; exit 125; fi'
    platform r.io/no:1 r.io/a:1
    additional 'r.io/b:1'
    pull
    ended 1
    equal 11 "$(pulled | tr ' ' '\n' | grep -c no:1)"
    equal 13 "$(pulled | wc -w)"
    has "[ERROR]: Pull failed for image: r.io/no:1! Will retry later... "
    has "[INFO]: Retrying failed image pull: r.io/no:1"
    has "[ERROR]: Limit number of retries reached. The image  r.io/no:1 could not be pulled."
    has "[ERROR]: One or more images were not pre-cached successfully for platform-images"
    has "Image pre-caching complete for additional-images"
    equal '2 1 r.io/no:1 Error: manifest unknown' \
        "$(progress '"\(.imagesDone) \(.imagesFailed) \(.failed[0].image) \(.failed[0].reason)"')"
}

@test "an image that fails at first is pulled by a retry" {
    podman_stub '[[ $(grep -c "$image" "$calls") -gt 3 ]] || exit 125'
    additional 'r.io/a:1'
    pull
    ended 0
    equal 4 "$(pulled | wc -w)"
    equal '1 0' "$(progress '"\(.imagesDone) \(.imagesFailed)"')"
}

@test "the pause between retries doubles up to its limit" {
    podman_stub 'exit 125'
    stub sleep <<<''
    additional 'r.io/a:1'
    PULL_RETRY_DELAY=1 PULL_RETRY_DELAY_MAX=30 pull
    ended 1
    equal '1 2 4 8 16 30 30 30 30 30' "$(sed -n 's/^sleep //p' "$calls" | xargs)"
    has "Retrying after 16 seconds, attempt #5"
}

@test "a pull that is killed without a word is noticed and tried again" {
    podman_stub 'if [[ $(grep -c "^podman pull" "$calls") == 1 ]]; then kill -KILL $PPID; fi'
    additional 'r.io/a:1'
    pull
    ended 0
    equal 2 "$(pulled | wc -w)"
}

@test "hostile names are reported and reach neither a shell nor the tool" {
    additional '$(touch '"$work"'/pwned)
`touch '"$work"'/pwned`
r.io/a:1; touch '"$work"'/pwned
--authfile=/etc/shadow
dir:/etc
docker-archive:/etc/passwd
a[$(touch '"$work"'/pwned)]
"quoted\"
r.io/ok:1'
    pull
    ended 1
    [[ ! -e $work/pwned ]]
    equal 'r.io/ok:1' "$(pulled)"
    equal 8 "$(progress .imagesFailed)"
    equal '$(touch '"$work"'/pwned)' "$(progress '.failed[0].image')"
}

@test "valid references of every form are taken" {
    additional "$(printf '%s\n' ubi9 localhost/x r.io:5000/a/b_c/d__e/f--g.h:v1.2_3-x 10.0.0.1:443/x:1 \
        "r.io/a@sha256:$(printf '%064d' 1)" "r.io/a:t@sha256:$(printf '%064d' 2)")"
    pull
    ended 0
    equal 6 "$(pulled | wc -w)"
}

@test "a list of thousands is gone through in seconds, and the report stays small" {
    additional "$(printf 'bad image %d\n' {1..2000})"$'\nr.io/ok:1'
    pull
    ended 1
    equal 'r.io/ok:1' "$(pulled)"
    equal 2000 "$(progress .imagesFailed)"
    (($(wc -c <"$work/state/progress") < 4096))
}

@test "a signal ends the pulls and leaves a report" {
    podman_stub ': >"$work/started"; exec sleep 600.17'
    additional 'r.io/a:1'
    "$work/opt/pull.sh" 2>/dev/null 3>&- &
    pid=$!
    await 20 "the pull starts" test -e "$work/started"
    kill "$pid"
    wait "$pid" && status=0 || status=$?
    equal 143 "$status"
    equal 1 "$(progress .imagesTotal)"
    run pgrep -fx "sleep 600.17"
    equal '' "$output"
}

@test "a signal in the pause before a retry ends the run at once" {
    podman_stub 'exit 125'
    additional 'r.io/a:1'
    PULL_RETRY_DELAY=613 PULL_RETRY_DELAY_MAX=613 "$work/opt/pull.sh" 2>"$work/log" 3>&- &
    pid=$!
    await 20 "the pause begins" pgrep -fx "sleep 613"
    kill "$pid"
    await 20 "the run ends" not_running "$pid"
    wait "$pid" && status=0 || status=$?
    equal 143 "$status"
    run pgrep -fx "sleep 613"
    equal '' "$output"
}
