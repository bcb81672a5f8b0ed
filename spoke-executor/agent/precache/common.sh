# common.sh: what the steps of the pre-cache agent share: log, configuration, image references, pulls with retry.
# Runs in the container and, after the chroot, with the node's bash (4.4 or newer). Nothing that is read is evaluated.
# There is no /dev/fd in the chroot, so nothing here uses process substitution.
# shellcheck shell=bash

set -uo pipefail
export LC_ALL=C

# The tunables of contract A4, and four of our own (docs/spoke-agents.md).
: "${MAX_PULL_THREADS:=10}"
: "${PRE_CACHE_LOG_LEVEL:=2}"
: "${container_tool:=podman}"
: "${pull_secret_path:=/var/lib/kubelet/config.json}"
: "${pull_spec_file:=/tmp/images.txt}"
: "${rendered_index_path:=/tmp/index.json}"
# The Job sets the name in lower case, the reference reads it in upper case: both are taken.
: "${CONFIG_VOLUME_PATH:=${config_volume_path:-/tmp/precache/config}}"
: "${additional_images_spec_file:=$CONFIG_VOLUME_PATH/additionalImages}"
: "${STATE_DIR:=/tmp/precache/state}"
: "${PULL_RETRIES:=10}"
: "${PULL_RETRY_DELAY:=1}"
: "${PULL_RETRY_DELAY_MAX:=30}"

# is_whole TEXT: digits only, short enough for arithmetic. Everything goes through here before $(( )), which evaluates.
is_whole() { [[ $1 =~ ^[0-9]{1,15}$ ]]; }

for setting in MAX_PULL_THREADS PRE_CACHE_LOG_LEVEL PULL_RETRIES PULL_RETRY_DELAY PULL_RETRY_DELAY_MAX; do
    is_whole "${!setting}" || {
        printf '%s is "%s", expected a whole number\n' "$setting" "${!setting}" >&2
        exit 1
    }
done
((MAX_PULL_THREADS > 0)) || MAX_PULL_THREADS=1

# log ERROR|INFO|DEBUG TEXT: one line on stderr in the form of contract A10. The last error is kept for the report.
log() {
    local rank zone text=${2//[[:cntrl:]]/ }
    case $1 in
        ERROR)
            rank=0
            [[ -d $STATE_DIR ]] && printf '%s' "${text:0:600}" >"$STATE_DIR/error"
            ;;
        INFO) rank=1 ;;
        *) rank=2 ;;
    esac
    ((rank <= PRE_CACHE_LOG_LEVEL)) || return 0
    printf -v zone '%(%z)T' -1
    printf 'upgrades.pre-cache %(%FT%T)T%s [%s]: %s\n' -1 "${zone:0:3}:${zone:3}" "$1" "$text" >&2
}

# trim TEXT: into the variable `trimmed`, without a subshell, because lists may be long.
trim() {
    trimmed=${1#"${1%%[![:space:]]*}"}
    trimmed=${trimmed%"${trimmed##*[![:space:]]}"}
}

# read_lines FILE: into the array `lines`, trimmed, without blank lines. The last line needs no newline: the hub writes
# none. A file that is not there has no lines.
read_lines() {
    local -a raw=()
    local line trimmed
    lines=()
    [[ -f $1 ]] || return 0
    mapfile -t raw <"$1"
    for line in "${raw[@]}"; do
        trim "$line"
        [[ -z $trimmed ]] || lines+=("$trimmed")
    done
}

# An image reference: host[:port], lower-case path, tag, digest. What does not match never reaches the container tool:
# no option, no transport such as dir:/, no shell metacharacter can.
readonly IMAGE_REFERENCE='^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?(:[0-9]+)?(/[a-z0-9]+(([.]|_|__|-+)[a-z0-9]+)*)*'\
'(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$'
is_image_reference() { ((${#1} <= 1024)) && [[ $1 =~ $IMAGE_REFERENCE ]]; }

# retry_delay N: seconds to wait before retry N (from 1): doubled each time, up to PULL_RETRY_DELAY_MAX.
retry_delay() {
    local delay=$PULL_RETRY_DELAY try
    for ((try = 1; try < $1 && delay < PULL_RETRY_DELAY_MAX; try++)); do delay=$((delay * 2)); done
    printf '%d' $((delay < PULL_RETRY_DELAY_MAX ? delay : PULL_RETRY_DELAY_MAX))
}

# wait_before_retry N: the wait itself, said in the log. In the background so that a signal ends it.
wait_before_retry() {
    local delay
    delay=$(retry_delay "$1")
    log DEBUG "Retrying after $delay seconds, attempt #$1"
    sleep "$delay" &
    wait $!
}

# pull_with_retry IMAGE: pulls one image and prints its id. For the release and index images, on which all else rests.
pull_with_retry() {
    local try reason
    is_image_reference "$1" || {
        log ERROR "\"$1\" is not an image reference; correct it where the ClusterGroupUpgrade takes it from"
        return 1
    }
    for ((try = 0; try <= PULL_RETRIES; try++)); do
        ((try == 0)) || wait_before_retry "$try"
        "$container_tool" pull --quiet --authfile "$pull_secret_path" "$1" 2>"$STATE_DIR/pull-error" && return 0
        reason=$(tail -n 1 "$STATE_DIR/pull-error")
        log DEBUG "Command failed: $container_tool pull $1: $reason"
    done
    log ERROR "Image $1 could not be pulled in $((PULL_RETRIES + 1)) attempts: $reason"
    return 1
}

# report_phase PHASE: where the run is, for the progress report of the steps before the pulls.
report_phase() {
    printf '{"phase":"%s"}' "$1" >"$STATE_DIR/progress.new" && mv "$STATE_DIR/progress.new" "$STATE_DIR/progress"
}
