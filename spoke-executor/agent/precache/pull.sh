#!/bin/bash
# pull.sh: pulls the images of both lists, at most MAX_PULL_THREADS at a time (contract A9). Runs in the chroot.
#
# A list is gone through once; what failed is tried again in up to PULL_RETRIES rounds with a growing pause between
# them. What is there already is skipped, so a run after an interruption does only what is left. Both lists are tried
# before the verdict: an operator then sees all that is missing at once.
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=common.sh
source "$here/common.sh"

: "${CONTAINER_STORAGE:=/var/lib/containers}"

declare -A present=()  # names of the images in the node's storage
declare -A running=()  # index in `images` -> process id of its pull
declare -a images=()   # the list at hand
declare -a failed=()   # indexes whose last pull failed
declare -a missing=()  # given up: "image<tab>reason", of both lists
total=0 done_count=0 skipped=0 list='' seen_at=0 listed=no
printf -v started '%(%s)T' -1

storage_bytes() {
    local blocks free size
    read -r blocks free size <<<"$(stat --file-system --format='%b %f %S' -- "$CONTAINER_STORAGE" 2>/dev/null)"
    is_whole "${blocks:-}" && printf '%d' $(((blocks - free) * size)) || printf '0'
}

# write_progress: the report that the driver passes on (fields: docs/spoke-agents.md). Bytes are the growth of the file
# system of the container storage: what was really written, layers that images share counted once.
write_progress() {
    local now elapsed bytes eta=null pulled entry entries='' reason
    printf -v now '%(%s)T' -1
    elapsed=$((now - started))
    bytes=$(($(storage_bytes) - bytes_before))
    ((bytes >= 0)) || bytes=0
    pulled=$((done_count - skipped))
    ((pulled == 0)) || eta=$((elapsed * (total - done_count - ${#missing[@]}) / pulled))
    for entry in "${missing[@]}"; do
        # Kubelet keeps 4096 bytes of a termination message; imagesFailed has the whole number.
        ((${#entries} < 2000)) || break
        reason=${entry#*$'\t'}
        entries+=${entries:+,}'{"image":'$(json_string "${entry%%$'\t'*}")
        entries+=',"reason":'$(json_string "${reason:0:200}")'}'
    done
    printf '{"phase":"pull","list":"%s","imagesDone":%d,"imagesTotal":%d,"imagesSkipped":%d,"imagesFailed":%d,' \
        "$list" "$done_count" "$total" "$skipped" "${#missing[@]}" >"$STATE_DIR/progress.new"
    printf '"bytes":%d,"bytesPerSecond":%d,"elapsedSeconds":%d,"etaSeconds":%s,"failed":[%s]}' \
        "$bytes" $((elapsed > 0 ? bytes / elapsed : 0)) "$elapsed" "$eta" "$entries" >>"$STATE_DIR/progress.new"
    mv "$STATE_DIR/progress.new" "$STATE_DIR/progress"
    seen_at=$now
}

# One call for all names instead of one per image: a start of the tool costs as much as half a small pull.
list_present() {
    local name
    "$container_tool" images --format json >"$STATE_DIR/images.json" 2>/dev/null &&
        jq -r '.[] | (.Names // [])[], (.RepoDigests // [])[]' "$STATE_DIR/images.json" >"$STATE_DIR/present" \
            2>/dev/null || return 0
    listed=yes
    while IFS= read -r name; do [[ -z $name ]] || present[$name]=1; done <"$STATE_DIR/present"
}

# is_present IMAGE: by the listing; by a question to the tool where the listing cannot tell (a short name, no listing).
is_present() {
    local name=$1 first=${1%%/*}
    if [[ $name == *@* ]]; then
        name=${name%@*}
        [[ ${name##*/} != *:* ]] || name=${name%:*}
        name=$name@${1#*@}
    elif [[ ${name##*/} != *:* ]]; then
        name=$name:latest
    fi
    [[ -z ${present[$name]:-} ]] || return 0
    [[ $listed == yes && $1 == */* && $first == *[.:]* ]] && return 1
    "$container_tool" image exists "$1" >/dev/null 2>&1
}

# pull_one INDEX: in the background; says "INDEX STATUS" on the pipe when it is done.
pull_one() {
    local tool status
    "$container_tool" pull --quiet --authfile "$pull_secret_path" "${images[$1]}" >/dev/null 2>"$STATE_DIR/pull.$1" \
        {ended}>&- &
    tool=$!
    trap 'kill "$tool" 2>/dev/null; wait "$tool"; exit 143' TERM
    wait "$tool"
    status=$?
    printf '%d %d\n' "$1" "$status" >&"$ended"
}

# settle INDEX STATUS: books a pull that has ended.
settle() {
    [[ -n ${running[$1]:-} ]] || return 0
    wait "${running[$1]}" 2>/dev/null
    unset "running[$1]"
    if (($2 == 0)); then
        done_count=$((done_count + 1))
        return
    fi
    failed+=("$1")
    ((round > 0)) || log ERROR "Pull failed for image: ${images[$1]}! Will retry later... "
    log DEBUG "Command failed: $container_tool pull ${images[$1]}: $(pull_error "$1")"
}

pull_error() { tail -n 1 -- "$STATE_DIR/pull.$1" 2>/dev/null; }

# await_one: until a pull has ended. One whose process was killed says nothing on the pipe: it is found by its absence.
await_one() {
    local index status now
    local -a gone=()
    until read -r -t 2 -u "$ended" index status && settle "$index" "$status"; do
        write_progress
        gone=()
        for index in "${!running[@]}"; do kill -0 "${running[$index]}" 2>/dev/null || gone+=("$index"); done
        while read -r -t 0.01 -u "$ended" index status; do settle "$index" "$status"; done
        for index in "${gone[@]}"; do settle "$index" 137; done
        ((${#gone[@]} == 0)) || break
    done
    printf -v now '%(%s)T' -1
    ((now == seen_at)) || write_progress
}

# go_through INDEX...: pulls these, at most MAX_PULL_THREADS at a time. What fails is in `failed` afterwards.
go_through() {
    local index
    failed=()
    for index in "$@"; do
        while ((${#running[@]} >= MAX_PULL_THREADS)); do await_one; done
        if ((round == 0)); then
            log DEBUG "Pulling ${images[$index]} [$((index + 1))/${#images[@]}]"
            if ! is_image_reference "${images[$index]}"; then
                log ERROR "\"${images[$index]}\" is not an image reference; correct it where it is configured"
                missing+=("${images[$index]}"$'\t'"not an image reference")
                continue
            elif is_present "${images[$index]}"; then
                log DEBUG "Skipping existing image ${images[$index]}"
                done_count=$((done_count + 1)) skipped=$((skipped + 1))
                continue
            fi
        else
            log INFO "Retrying failed image pull: ${images[$index]}"
        fi
        pull_one "$index" &
        running[$index]=$!
    done
    for index in "${!running[@]}"; do log DEBUG "Waiting to finish pulling image: ${images[$index]}"; done
    while ((${#running[@]} > 0)); do await_one; done
}

# pull_list NAME IMAGE...: one list, with its retries. Fails when an image is still missing.
pull_list() {
    local round index missing_before=${#missing[@]}
    list=$1
    images=("${@:2}")
    ((${#images[@]} > 0)) || return 0
    log INFO "Image pre-caching starting for $list"
    round=0
    go_through "${!images[@]}"
    for ((round = 1; round <= PULL_RETRIES && ${#failed[@]} > 0; round++)); do
        write_progress
        wait_before_retry "$round"
        go_through "${failed[@]}"
    done
    for index in "${failed[@]}"; do
        log ERROR "Limit number of retries reached. The image  ${images[$index]} could not be pulled."
        missing+=("${images[$index]}"$'\t'"$(pull_error "$index")")
    done
    write_progress
    if ((${#missing[@]} > missing_before)); then
        log ERROR "One or more images were not pre-cached successfully for $list"
        return 1
    fi
    log INFO "Image pre-caching complete for $list"
}

# read_images FILE: into the array `lines`: without the quotes, each image once, in the order of the file.
read_images() {
    local -A once=()
    local -a distinct=()
    local line
    read_lines "$1"
    for line in "${lines[@]}"; do
        line=${line#\"} line=${line%\"}
        [[ -z $line || -n ${once[$line]:-} ]] || distinct+=("$line")
        [[ -z $line ]] || once[$line]=1
    done
    lines=("${distinct[@]}")
}

# shellcheck disable=SC2317 # called by a trap
stop() {
    local -a jobs
    trap '' TERM INT
    # The pulls, or the pause before a retry: what is waited for below must have been told to end.
    mapfile -t jobs <<<"$(jobs -p)"
    kill "${jobs[@]}" 2>/dev/null
    wait
    write_progress
    exit 143
}

# shellcheck source=../common/report.sh
source "$here/report.sh"
mkdir -p -- "$STATE_DIR" && rm -f -- "$STATE_DIR/ended" && mkfifo -m 0600 "$STATE_DIR/ended" &&
    exec {ended}<>"$STATE_DIR/ended" || exit 1
trap stop TERM INT
bytes_before=$(storage_bytes)

read_images "$pull_spec_file"
platform=("${lines[@]}")
read_images "$additional_images_spec_file"
additional=("${lines[@]}")
total=$((${#platform[@]} + ${#additional[@]}))
((total == 0)) || list_present
write_progress

status=0
pull_list platform-images "${platform[@]}" || status=1
pull_list additional-images "${additional[@]}" || status=1
exit "$status"
