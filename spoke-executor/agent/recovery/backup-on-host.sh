#!/bin/bash
# backup-on-host.sh: the launcher's part in the chroot (contract B2, steps 3 to 9). Standard input: the recovery script.
# All that can be known beforehand is checked before the old backup is given up.
set -uo pipefail
export LC_ALL=C
readonly recovery=/var/recovery

# log LEVEL TEXT: as a levelled text logger writes without a terminal.
log() {
    local text=${2//[[:cntrl:]]/ }
    text=${text//\\/\\\\}
    printf 'time="%(%FT%TZ)T" level=%s msg="%s"\n' -1 "$1" "${text//\"/\\\"}" >&2
}

fail() {
    log error "$1"
    { printf '%s\n' "$1" >&9; } 2>/dev/null
    exit 1
}

# An empty /run/ostree-booted would make ostree refuse its work in a container. It comes back on every way out, and one
# that a killed run left renamed does so first.
hide_ostree_booted() {
    [[ -e /run/ostree-booted || ! -e /run/ostree-booted.tmp ]] || mv /run/ostree-booted.tmp /run/ostree-booted
    [[ -f /run/ostree-booted && ! -s /run/ostree-booted ]] || return 0
    mv /run/ostree-booted /run/ostree-booted.tmp || log warning "/run/ostree-booted could not be renamed"
}
# shellcheck disable=SC2317 # called by a trap
show_ostree_booted() {
    [[ ! -e /run/ostree-booted.tmp ]] || mv /run/ostree-booted.tmp /run/ostree-booted ||
        log warning "/run/ostree-booted could not be put back"
}

# tree_size PATH [PRUNED]: bytes of all that is not a directory. What vanishes during the walk or cannot be read is left
# out with a warning and does not end the walk of its directory.
tree_size() {
    local size
    [[ -e $1 ]] || fail "$1 does not exist; the size of the backup cannot be estimated"
    size=$(find "$1" -path "${2:-}" -prune -o ! -type d -printf '%s\n' 2>"$warnings" |
        awk '{ sum += $1 } END { printf "%.0f", sum }')
    while IFS= read -r line; do log warning "$line"; done <"$warnings"
    printf '%s' "$size"
}

# human BYTES: "<x.xx> <unit>".
human() {
    awk -v n="$1" 'BEGIN {
        count = split("B KiB MiB GiB TiB PiB EiB", unit, " ")
        for (at = 1; n >= 1024 && at < count; at++) n /= 1024
        printf "%.2f %s", n, unit[at]
    }'
}

# enough_space FREE ESTIMATE: more than 10 GiB have to be left.
enough_space() { (($1 > $2 + 10 * 1024 * 1024 * 1024)); }

# check_space: the estimate of contract B3 against what is free and what the old backup gives back.
check_space() {
    local static_pods snapshot rest estimate old free blocks size
    static_pods=$(tree_size /etc/kubernetes/static-pod-resources /etc/kubernetes/static-pod-resources/bin) || exit 1
    snapshot=$(tree_size /var/lib/etcd/member/snap/db) || exit 1
    estimate=$((static_pods + snapshot + static_pods))
    for tree in /usr/local /var/lib/kubelet /etc; do
        rest=$(tree_size "$tree") || exit 1
        estimate=$((estimate + rest))
    done
    old=$(tree_size "$recovery") || exit 1
    read -r blocks size <<<"$(stat --file-system --format='%a %S' "$recovery")"
    free=$((blocks * size + old))
    log info "Available disk space : $(human "$free"); Estimated disk space required for backup: $(human "$estimate")"
    ((old == 0)) || log info "The old backup, which is replaced, has $(human "$old") of the available space"
    enough_space "$free" "$estimate" ||
        fail "insufficient disk space to trigger backup: $(human "$free") available in $recovery,\
 $(human "$estimate") and 10 GiB in reserve required"
    log info "Sufficient disk space found to trigger backup"
}

run_script() {
    bash "$@" &
    child=$!
    wait "$child"
}

# A test takes the functions alone.
[[ ${1:-} != functions ]] || return 0

script=$(cat)
child=''
trap show_ostree_booted EXIT
# Not waiting for the script, which first waits for its own child: a pod that is deleted has 30 s to put things back.
trap '[[ -z $child ]] || kill "$child" 2>/dev/null; exit 143' TERM INT
hide_ostree_booted

[[ ! -e $recovery/progress ]] ||
    fail "Cannot take backup. Recovery is currently in progress ($recovery/progress exists)"
# Kubelet may have made it, and for everybody to read: it will hold the node's keys.
{ mkdir -p "$recovery" && chmod 0700 "$recovery"; } || fail "$recovery could not be created"
warnings=$(mktemp) || fail "no temporary file could be created"
run_script -c "$script" upgrade-recovery.sh --take-backup --dry-run --dir "$recovery" ||
    fail "this node is not one that a backup can be taken of; the old backup, if any, is untouched"
check_space
rm -f "$warnings"

find "$recovery" -mindepth 1 -delete || log warning "Not all of the old contents of $recovery could be deleted"
log info "Old contents have been cleaned up"
{ printf '%s\n' "$script" >"$recovery/upgrade-recovery.sh" && chmod 0700 "$recovery/upgrade-recovery.sh"; } ||
    fail "$recovery/upgrade-recovery.sh could not be written"
log info "Upgrade recovery script written"

log info "Running: bash -c $recovery/upgrade-recovery.sh --take-backup --dir $recovery"
run_script "$recovery/upgrade-recovery.sh" --take-backup --dir "$recovery" ||
    fail "the backup failed; see the lines above"
log info "$(printf '%060d' 0 | tr 0 -)"
log info "backup has successfully finished ..."
