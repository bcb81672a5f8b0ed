#!/bin/bash
# disk-check.sh [GiB]: is there room below the mark at which kubelet starts to delete images? (Contract A6)
# Without an amount, or with 0: is the node below that mark at all? Exit 0 yes, 1 no. Runs in the container.
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=common.sh
source "$here/common.sh"
# shellcheck source=../common/report.sh
source "$here/report.sh"

: "${HOST_ROOT:=/host}"
: "${CONFIGZ_RETRY_DELAY:=20}"
readonly DEFAULT_THRESHOLD=85

# Kubelet's imageGCHighThresholdPercent, or the default where kubelet does not tell. An answer that is no
# configuration (403, for instance) is not asked again; a call that fails is, twice.
gc_threshold() {
    local answer attempt url="$KUBERNETES_API/api/v1/nodes/${NODE_NAME:-}/proxy/configz"
    if [[ ! ${NODE_NAME:-} =~ ^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$ ]]; then
        log DEBUG "NODE_NAME is not the name of a node; taking $DEFAULT_THRESHOLD % for imageGCHighThresholdPercent"
    else
        for attempt in 1 2 3; do
            if answer=$(kube_curl "$url" 2>&1); then
                log DEBUG "Command succeeded: GET $url"
                [[ $answer =~ \"imageGCHighThresholdPercent\":[[:space:]]*([0-9]{1,3})[[:space:],}] ]] &&
                    ((10#${BASH_REMATCH[1]} > 0 && 10#${BASH_REMATCH[1]} < 100)) &&
                    printf '%d' "$((10#${BASH_REMATCH[1]}))" && return
                log DEBUG "The answer has no usable imageGCHighThresholdPercent; taking $DEFAULT_THRESHOLD %"
                break
            fi
            log DEBUG "Command failed: GET $url: $answer"
            ((attempt < 3)) && {
                log DEBUG "Retrying after $CONFIGZ_RETRY_DELAY seconds, attempt #$attempt"
                sleep "$CONFIGZ_RETRY_DELAY"
            }
        done
    fi
    printf '%d' "$DEFAULT_THRESHOLD"
}

gib() { awk -v kib="$1" 'BEGIN { printf "%.1f GiB", kib / 1048576 }'; }

trim "${1:-}"
required=${trimmed:-0}
[[ $required =~ ^[0-9]{1,9}$ ]] || {
    log ERROR "spaceRequired is \"$required\", expected a whole number of GiB"
    exit 1
}
required=$((10#$required))

storage=$HOST_ROOT/var/lib/containers
read -r size used < <(df --block-size=1K --output=size,used -- "$storage" | tail -n 1)
if ! is_whole "${size:-}" || ! is_whole "${used:-}"; then
    log ERROR "cannot tell the size of the file system of $storage"
    exit 1
fi

high=$(gc_threshold)
available=$((size * high / 100 - used))
log DEBUG "highThresholdPercent: $high diskSize: $size used: $used"
log DEBUG "spaceRequired: $required GiB"

if ((required > 0 ? available < required * 1024 * 1024 : available <= 0)); then
    log ERROR "not enough space for precaching"
    log ERROR "not enough space for precaching: $(gib "$available") left below kubelet's image clean-up mark of $high %\
 ($(gib "$used") of $(gib "$size") used), $required GiB required; free some space or lower spaceRequired"
    exit 1
fi
