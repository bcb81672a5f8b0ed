#!/bin/bash
# precache.sh: pulls every image that a coming upgrade needs into the node's container storage (contract, part A).
#
# Runs as the command of the Job `pre-cache`, privileged, with the node's directories below /host. The steps, in the
# order of contract A5; the first that fails ends the run with exit 1. A signal (the Job's deadline) ends it with 143;
# what was pulled stays, and the next run goes on from there.
here=$(dirname -- "${BASH_SOURCE[0]}")
: "${HOST_ROOT:=/host}"
: "${CONFIG_SOURCE:=/etc/config}"
: "${PROGRESS_INTERVAL:=10}"
: "${JOB_NAME:=pre-cache}"
export HOST_ROOT
export STATE_DIR=$HOST_ROOT/tmp/precache/state
# The configuration as the container sees it; after the chroot the default holds.
CONFIG_VOLUME_PATH=$HOST_ROOT/tmp/precache/config
# shellcheck source=common.sh
source "$here/common.sh"
# shellcheck source=../common/report.sh
source "$here/report.sh"

child='' publisher=''

# prepare_host: what the node's tools need in the chroot beside the mounted directories (contract A5, step 1).
prepare_host() {
    [[ -d $HOST_ROOT && ! $HOST_ROOT -ef / ]] || {
        log ERROR "HOST_ROOT is \"$HOST_ROOT\", expected a directory with the node's directories below it"
        return 1
    }
    mkdir -p -- "$HOST_ROOT/dev/shm" || return 1
    [[ -c $HOST_ROOT/dev/null ]] ||
        { rm -f -- "$HOST_ROOT/dev/null" && mknod -m 0666 "$HOST_ROOT/dev/null" c 1 3; } || return 1
    # Where devices are not allowed the node would be there and still not be one.
    (: >"$HOST_ROOT/dev/null") 2>/dev/null || {
        log ERROR "$HOST_ROOT/dev/null cannot be written; is $HOST_ROOT mounted with nodev?"
        return 1
    }
    ln -sfn usr/bin "$HOST_ROOT/bin" || return 1
    chroot "$HOST_ROOT" mount -t tmpfs tmpfs /dev/shm
}

# stage: a clean place for this run, with the scripts and a copy of the ConfigMap (step 2). The copy follows links: in a
# mounted ConfigMap each key is one.
stage() {
    local work=$HOST_ROOT/tmp/precache file
    rm -rf -- "$work" "$HOST_ROOT/tmp/images.txt" &&
        mkdir -m 0700 -- "$work" && mkdir -- "$work/config" "$work/state" &&
        cp -- "$here"/*.sh "$here"/*.jq "$work/" || return 1
    for file in "$CONFIG_SOURCE"/*; do
        [[ ! -f $file ]] || cp -L -- "$file" "$work/config/" || return 1
    done
}

# The Job mounts /etc/containers read-only, but podman 4 opens a lock in /etc/containers/networks, and pulls nothing where
# it cannot. So the chroot gets a copy that can be written, as long as the pod lives.
copy_container_settings() {
    [[ -d $HOST_ROOT/etc/containers && ! -w $HOST_ROOT/etc/containers ]] || return 0
    cp -a -- "$HOST_ROOT/etc/containers" "$HOST_ROOT/tmp/precache/containers" &&
        chroot "$HOST_ROOT" mount --bind /tmp/precache/containers /etc/containers
}

# in_host SCRIPT: a step in the chroot. In the background, so that a signal is heard while it runs.
in_host() {
    env -u STATE_DIR -u CONFIG_VOLUME_PATH -u config_volume_path \
        chroot "$HOST_ROOT" /bin/bash "/tmp/precache/$1" &
    child=$!
    wait "$child"
}

# check_disk [GiB]: only where there are platform or additional images: operators alone have no check (contract A5).
check_disk() {
    local -a lines
    read_lines "$CONFIG_VOLUME_PATH/platform.image"
    ((${#lines[@]} > 0)) || read_lines "$CONFIG_VOLUME_PATH/additionalImages"
    ((${#lines[@]} > 0)) || return 0
    "$here/disk-check.sh" "$@" &
    child=$!
    wait "$child"
}

# publish: passes the progress report on to the Job while the run goes on, when it has changed.
publish() {
    local report before='' why
    trap 'kill $!; exit' TERM
    while sleep "$PROGRESS_INTERVAL" & wait $!; do
        report=$(cat -- "$STATE_DIR/progress" 2>/dev/null)
        [[ -n $report && $report != "$before" ]] || continue
        before=$report
        why=$(annotate_job "$JOB_NAME" "$report") || log DEBUG "Progress is not published: $why"
    done
}

# shellcheck disable=SC2317 # called by a trap
# finish STATUS: the last report: the progress so far with how it ended and why.
finish() {
    local outcome=succeeded message='' report why
    trap '' TERM INT
    [[ -z $publisher ]] || kill "$publisher" 2>/dev/null
    report=$(cat -- "$STATE_DIR/progress" 2>/dev/null)
    case $1 in
        0) ;;
        143) outcome=interrupted message='stopped by a signal; the images pulled so far stay' ;;
        *) outcome=failed message=$(cat -- "$STATE_DIR/error" 2>/dev/null) ;;
    esac
    [[ -n $report ]] || report='{"phase":"start"}'
    report='{"outcome":"'$outcome'","exitCode":'$1',"message":'$(json_string "$message")','${report#\{}
    write_termination_message "$report"
    why=$(annotate_job "$JOB_NAME" "$report") || log DEBUG "The outcome is not published: $why"
}

# shellcheck disable=SC2317 # called by a trap
interrupted() {
    trap '' TERM INT
    [[ -z $child ]] || { kill "$child" && wait "$child"; } 2>/dev/null
    exit 143
}

trap 'status=$?; finish "$status"; exit "$status"' EXIT
trap interrupted TERM INT

prepare_host || {
    log ERROR "the node's directories below $HOST_ROOT could not be made ready for the chroot"
    exit 1
}
stage || {
    log ERROR "the scripts and the configuration could not be copied to $HOST_ROOT/tmp/precache"
    exit 1
}
copy_container_settings || {
    log ERROR "the node's /etc/containers is read-only and could not be replaced by a copy"
    exit 1
}
publish &
publisher=$!
report_phase disk-check
read_lines "$CONFIG_VOLUME_PATH/spaceRequired"
check_disk "${lines[0]:-}" || exit 1
for step in release-images.sh operator-images.sh pull.sh; do
    in_host "$step" || exit 1
done
check_disk || exit 1
exit 0
