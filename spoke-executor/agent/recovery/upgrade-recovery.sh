#!/bin/bash
# upgrade-recovery.sh: takes a backup of a single-node cluster, and restores it after a failed upgrade.
#
# The backup launcher writes this file to /var/recovery; it needs nothing but the node's own tools. A restore has three
# stages, files, cluster and redeployment, with a reboot by hand after the first; the file `progress` beside the backup
# holds the finished ones. A stage that failed may be run again (--resume). A backup carries checksums of all of its
# files, made at its end, so that a restore begins only from a whole one.
set -uo pipefail
export LC_ALL=C

: "${WAIT_INTERVAL:=10}"
: "${WAIT_TIMEOUT:=1200}"
readonly PROGRAM=${0##*/}
readonly ETCD_MANIFEST=kubernetes/manifests/etcd-pod.yaml
readonly CURRENT_CONFIG=/etc/machine-config-daemon/currentconfig
readonly TREES=(/etc /usr/local /var/lib/kubelet)
readonly CONTAINERS=(etcd etcd-operator kube-apiserver-operator kube-controller-manager-operator
    kube-scheduler-operator-container)

dir=/var/recovery mode=restore pick='' force=no dry=no verify=yes
selinux_changed=no kubelet_disabled=no

usage() {
    cat <<USAGE
usage: $PROGRAM [--dir D] [--dry-run] --take-backup
       $PROGRAM [--dir D] [--dry-run] [--force] [--no-verify] [--step | --resume | --restart]

Without --take-backup, restores the backup in D (default /var/recovery). KUBECONFIG has to name a readable file.
  --take-backup  take a backup into D
  --resume       go on after the last finished stage
  --step         as --resume, and stop after that stage
  --restart      forget the progress and start again
  --force        restore although the active deployment is not pinned
  --no-verify    restore although the backup is not proven to be whole
  --dry-run      check everything, change nothing, say what would be done
USAGE
    exit 1
}

# say / error: to the terminal and to syslog. A launcher reads the reason of a failure on descriptor 9.
say() {
    if [[ $dry == yes ]]; then
        printf '##### %s: (dry run) %s\n' "$(date --utc)" "$1"
        return
    fi
    printf '##### %s: %s\n' "$(date --utc)" "$1"
    logger -t "$PROGRAM" -- "INFO: $1" 2>/dev/null
}
error() {
    printf '##### %s: %s\n' "$(date --utc)" "$1" >&2
    logger -t "$PROGRAM" -- "ERROR: $1" 2>/dev/null
    { printf '%s\n' "$1" >&9; } 2>/dev/null
}
fatal() {
    error "$1"
    exit 1
}

# run COMMAND...: every change of the node goes through here; a dry run only says it.
run() {
    if [[ $dry == yes ]]; then
        printf 'would run:'
        printf ' %q' "$@"
        printf '\n'
    else
        "$@"
    fi
}

# thrice COMMAND...: three attempts, a second apart. rsync's 24 says that files vanished meanwhile, which is no failure:
# /var/lib/kubelet is alive.
thrice() {
    local try status
    for try in 1 2 3; do
        run "$@"
        status=$?
        ((status != 0 && status != 24)) || return 0
        ((try == 3)) || sleep 1
    done
    return 1
}

# On every way out, SELinux enforces again, and a kubelet that this run disabled is not left so by a failure: a node
# that is rebooted after a failed stage has to come up. (A finished first stage leaves it disabled, for the reboot.)
# shellcheck disable=SC2317 # called by a trap
clean_up() {
    [[ $kubelet_disabled == no ]] || run systemctl enable kubelet || error "kubelet could not be enabled again"
    [[ $selinux_changed == no ]] || enforce || error "SELinux is still permissive; run: setenforce 1"
}
permit() {
    selinux_changed=yes
    run setenforce 0
}
enforce() {
    run setenforce 1 && selinux_changed=no
}

# --- what has to be true beforehand ----------------------------------------------------------------------------------

# require_single_node ETC: the etcd manifest under the tree ETC names one endpoint for each member. It is JSON on one
# line or YAML, and there also when the API is not.
require_single_node() {
    local manifest=$1/$ETCD_MANIFEST text
    text=$(cat -- "$manifest" 2>/dev/null) ||
        fatal "$manifest is missing: this is no control-plane node, and only a single-node cluster can be handled"
    [[ $text =~ ALL_ETCD_ENDPOINTS[\"\']?,?[[:space:]]*[\"\']?value[\"\']?:[[:space:]]*[\"\']?([^\"\'[:space:]]+) ]] ||
        fatal "$manifest names no ALL_ETCD_ENDPOINTS, so this is not known to be a single-node cluster"
    [[ ${BASH_REMATCH[1]} != *,* ]] ||
        fatal "etcd has several members (${BASH_REMATCH[1]}): only a single-node cluster can be handled"
}

require_pinned() {
    local status
    status=$(ostree admin status) || fatal "ostree admin status failed"
    awk '/^\* / { active = 1; next } /^  ?[^ ]/ { active = 0 } active && /^ *Pinned: yes/ { found = 1 }
        END { exit !found }' <<<"$status" && return
    [[ $force == yes ]] ||
        fatal "the active ostree deployment is not pinned, so it is not the backup's; roll back first (or use --force)"
    error "WARNING: the active ostree deployment is not pinned; going on because of --force"
}

# --- the manifest of a backup ----------------------------------------------------------------------------------------

# Three files in the backup: manifest.tree lists every entry with type, mode and owner (NUL-separated), manifest.sha256
# has the checksums of all files, that list included, and manifest.seal the checksum of manifest.sha256. The seal is
# written last: a backup without one was never finished.
entries() {
    (cd "$dir" && find . -mindepth 1 ! -path ./progress ! -path './manifest.*' \
        \( -type f -printf 'f %m %U:%G %s %p\0' -o -printf '%y %m %U:%G %p -> %l\0' \) | sort -z)
}

write_manifest() {
    entries >"$dir/manifest.tree" && (
        cd "$dir" && find . -type f ! -path ./progress ! -path ./manifest.sha256 -print0 | sort -z |
            xargs -0 sha256sum -- >manifest.sha256 && sync && sha256sum manifest.sha256 >manifest.seal && sync
    )
}

# whole: whether the backup is what it was when it was finished. Says what is not.
whole() {
    local damaged
    [[ -f $dir/manifest.seal ]] || {
        error "$dir has no manifest.seal: the backup was not finished, or not taken by this program"
        return 1
    }
    (cd "$dir" && sha256sum --check --status manifest.seal) 2>/dev/null || {
        error "$dir/manifest.sha256 is damaged: it does not have the checksum in manifest.seal"
        return 1
    }
    damaged=$(cd "$dir" && sha256sum --check --quiet manifest.sha256 2>&1) || {
        error "the backup in $dir is damaged: $(head -n 5 <<<"$damaged" | tr '\n' ';')"
        return 1
    }
    entries | cmp --silent - "$dir/manifest.tree" || {
        error "the backup in $dir is damaged, entries differ from manifest.tree: $(
            entries | sort -z - "$dir/manifest.tree" | uniq -zu | tr '\n\0' '?\n' | head -n 5 | tr '\n' ';')"
        return 1
    }
}

require_whole() {
    [[ $verify == yes ]] || {
        error "WARNING: the backup is not verified, because of --no-verify"
        return
    }
    say "Verifying the backup in $dir"
    whole || fatal "not restored: take the copy from elsewhere, or add --no-verify to restore it all the same"
}

# --- taking a backup -------------------------------------------------------------------------------------------------

pin_active_deployment() {
    local count
    # Until it fails, because no other deployment is left; bounded, because a tool that always succeeds is possible.
    for ((count = 0; count < 20; count++)); do
        run ostree admin undeploy 1 2>/dev/null || break
        [[ $dry == no ]] || break
    done
    run ostree admin pin 0 || fatal "Failed to pin active deployment"
}

# What systemd-tmpfiles keeps under /etc is made anew at boot and must neither be restored nor deleted.
write_exclude_list() {
    cat /etc/tmpfiles.d/* 2>/dev/null | awk '{ sub(/#.*/, "") } $2 ~ "^/etc/." { print substr($2, 6) }' &&
        printf '%s\n' .updated kubernetes/manifests
}

# Files that the machine config put elsewhere, as NUL-separated paths relative to /.
extra_files() {
    jq -j '.spec.config.storage.files // [] | .[].path
        | if type == "string" and startswith("/") then . else error("a path is not absolute") end
        | select(startswith("/etc/") or startswith("/usr/local/") or startswith("/var/lib/kubelet/") | not)
        | .[1:] + "\u0000"' "$CURRENT_CONFIG"
}

save_extra_files() {
    local list file status=0
    list=$(mktemp) || return 1
    extra_files >"$list" || status=1
    while IFS= read -r -d '' file; do
        [[ -e /$file || -L /$file ]] || {
            error "/$file is in the machine config but not there, or in no directory that the Job mounts"
            status=1
        }
    done <"$list"
    if ((status == 0)) && [[ -s $list ]]; then
        run tar --create --gzip --file="$dir/extras.tgz" --acls --xattrs --selinux --directory=/ --null \
            --verbatim-files-from --files-from="$list" || status=1
    fi
    rm -f -- "$list"
    return "$status"
}

take_backup() {
    local tree
    require_single_node /etc
    [[ -x /usr/local/bin/cluster-backup.sh ]] || fatal "/usr/local/bin/cluster-backup.sh is missing"
    [[ -f $CURRENT_CONFIG ]] || fatal "$CURRENT_CONFIG is missing"
    say "Taking backup into $dir"
    # Without its seal an older backup in the same place is no longer taken for whole while this one is made.
    run rm -rf -- "$dir"/manifest.{seal,sha256,tree} "$dir"/{cluster,extras.tgz} || fatal "cannot write to $dir"

    say "Pinning the active deployment"
    pin_active_deployment
    say "Saving etcd and the static pods"
    run /usr/local/bin/cluster-backup.sh --force "$dir/cluster" || fatal "Cluster backup failed"
    say "Saving files"
    if [[ $dry == no ]]; then
        write_exclude_list >"$dir/etc.exclude.list" || fatal "Failed to backup the list of excluded files"
    fi
    for tree in "${TREES[@]}"; do
        thrice rsync -aAX --delete "$tree/" "$dir/${tree##*/}/" || fatal "Failed to backup $tree"
    done
    save_extra_files || fatal "Failed to backup additional managed files"
    if [[ $dry == no ]]; then
        say "Computing checksums"
        write_manifest || fatal "Failed to write the manifest of the backup"
        whole || fatal "Failed to verify the backup"
    fi
    say "Backup complete"
}

# --- restoring: progress ---------------------------------------------------------------------------------------------

record() {
    [[ $dry == yes ]] && return
    { printf '%s\n' "$1" >>"$dir/progress" && sync; } || fatal "$dir/progress could not be written"
}

finished() { [[ -f $dir/progress ]] && grep -qx "$1" "$dir/progress"; }

# --- restoring: the stages (contract B6) -----------------------------------------------------------------------------

show_cluster() {
    [[ $dry == no ]] || return 0
    oc get clusterversion,clusteroperators,nodes 2>&1 || true
}

mirror() {
    thrice rsync -aAXvc --delete --no-t "$@" || fatal "Failed to restore ${!#}"
}

restore_files() {
    say "Stage 1: restoring files"
    show_cluster
    permit || fatal "Failed to set SELinux permissive"
    run systemctl stop kubelet || fatal "Failed to stop kubelet"
    # Not there to be asked when an earlier try of this stage came further; its pods are gone then.
    if systemctl is-active --quiet crio; then
        run crictl rmp -fa || fatal "Failed to remove the pods"
        run systemctl stop crio || fatal "Failed to stop crio"
    fi
    run crio wipe -f || fatal "Failed to wipe the container storage"
    mirror "$dir/local/" /usr/local/
    mirror --exclude-from="$dir/etc.exclude.list" "$dir/etc/" /etc/
    if [[ -f $dir/extras.tgz ]]; then
        run tar --extract --gzip --file="$dir/extras.tgz" --acls --xattrs --selinux --directory=/ ||
            fatal "Failed to restore additional managed files"
    fi
    run systemctl daemon-reload || fatal "Failed to reload systemd"
    [[ $dry == yes ]] || kubelet_disabled=yes
    run systemctl disable kubelet || fatal "Failed to disable kubelet"
    record restore_files
    kubelet_disabled=no
    enforce || fatal "Failed to set SELinux enforcing"
    [[ $dry == yes ]] && return
    printf '##### %s\n' "Files are restored. kubelet is disabled until the cluster is restored. Now run" \
        "    systemctl reboot" "and then" "    $dir/upgrade-recovery.sh --resume" >&2
}

# The ids of a container, running or not, one a line.
container_ids() { crictl ps -a --name "^$1\$" -o json | jq -r '.containers[].id'; }

# Whether a container runs whose id is none of the old ones ($2, one a line). One of the old ones that is still running
# proves nothing: it is the one that was to be replaced.
container_restarted() {
    crictl ps -a --name "^$1\$" -o json |
        jq -e --arg old "$2" '($old | split("\n")) as $old
            | any(.containers[]; .state == "CONTAINER_RUNNING" and (.id as $id | any($old[]; . == $id) | not))
            ' >/dev/null
}

# await WHAT COMMAND...: polls until the command succeeds or the time is up.
await() {
    local what=$1 deadline=$((SECONDS + WAIT_TIMEOUT))
    shift
    if [[ $dry == yes ]]; then
        printf 'would wait up to %d s: %s\n' "$WAIT_TIMEOUT" "$what"
        return
    fi
    say "Waiting up to $WAIT_TIMEOUT s: $what"
    until "$@" 2>/dev/null; do
        ((SECONDS < deadline)) || fatal "Gave up after $WAIT_TIMEOUT s: $what"
        sleep "$WAIT_INTERVAL"
    done
}

restore_cluster() {
    local name
    local -A before=()
    say "Stage 2: restoring the cluster"
    permit || fatal "Failed to set SELinux permissive"
    # Stage 1 left it disabled. From here on a failure must not: a node that is rebooted then has to come up.
    [[ $dry == yes ]] || kubelet_disabled=yes
    mirror "$dir/kubelet/" /var/lib/kubelet/
    systemctl is-active --quiet crio || run systemctl start crio || fatal "Failed to start crio"
    if [[ $dry == no ]]; then
        for name in "${CONTAINERS[@]}"; do
            before[$name]=$(container_ids "$name") || fatal "Failed to list the containers called $name"
        done
    fi
    run /usr/local/bin/cluster-restore.sh "$dir/cluster" || fatal "Failed to restore the cluster"
    run systemctl restart kubelet || fatal "Failed to restart kubelet"
    run systemctl enable kubelet || fatal "Failed to enable kubelet"
    kubelet_disabled=no
    run systemctl restart crio || fatal "Failed to restart crio"
    for name in "${CONTAINERS[@]}"; do
        await "a new container $name runs" container_restarted "$name" "${before[$name]:-}"
    done
    record restore_cluster
    enforce || fatal "Failed to set SELinux enforcing"
}

# revisions RESOURCE: "<current> <latest available>"; fails while the API does not answer.
revisions() {
    oc get "$1" cluster -o json | jq -er '"\(.status.nodeStatuses[0].currentRevision // 0) \(
        .status.latestAvailableRevision // 0)" | select(test("^[0-9]+ [0-9]+$"))'
}
api_tells_revisions() { revisions "$1" >/dev/null; }
current_revision_reaches() {
    local now
    now=$(revisions "$1") && ((${now% *} >= $2))
}

redeploy() {
    local resource now target reason
    say "Stage 3: redeploying the control plane"
    for resource in etcd kubeapiserver kubecontrollermanager kubescheduler; do
        await "the API tells the revision of $resource" api_tells_revisions "$resource"
        target=1
        if [[ $dry == no ]]; then
            now=$(revisions "$resource") || fatal "Failed to read the revision of $resource"
            target=$((${now#* } + 1))
        fi
        reason='{"spec":{"forceRedeploymentReason":"recovery-'$(date --rfc-3339=ns)'"}}'
        run oc patch "$resource" cluster --type=merge -p "$reason" || fatal "Failed to redeploy $resource"
        await "revision $target of $resource is current" current_revision_reaches "$resource" "$target"
    done
    show_cluster
    say "Recovery complete"
    run rm -f -- "$dir/progress"
}

restore() {
    local sub
    [[ -n ${KUBECONFIG:-} && -r ${KUBECONFIG:-} ]] || fatal "KUBECONFIG has to name a readable file"
    for sub in cluster etc local kubelet; do
        [[ -d $dir/$sub ]] || fatal "$dir/$sub is missing: there is no backup in $dir"
    done
    if [[ -e $dir/progress && -z $pick ]]; then
        fatal "a recovery is in progress; use --resume, --step or --restart"
    fi
    [[ $pick != restart ]] || run rm -f -- "$dir/progress"
    [[ $dry == no || $pick != restart ]] || finished() { false; }

    if ! finished restore_files; then
        require_pinned
        require_single_node "$dir/etc"
        require_whole
        finished started || record started
        restore_files
        [[ $dry == yes && $pick != step ]] || return 0
    fi
    if ! finished restore_cluster; then
        require_whole
        restore_cluster
        [[ $pick != step ]] || return 0
    fi
    redeploy
}

while (($# > 0)); do
    case $1 in
        --dir)
            [[ ${2:-} == /* ]] || usage
            dir=${2%/}
            shift
            ;;
        --take-backup) mode=backup ;;
        --force) force=yes ;;
        --no-verify) verify=no ;;
        --dry-run) dry=yes ;;
        --step | --resume | --restart) pick=${1#--} ;;
        *) usage ;;
    esac
    shift
done
[[ -n $dir ]] || usage
for tree in "${TREES[@]}"; do
    [[ $dir/ != "$tree"/* ]] || fatal "$dir is within $tree, which is saved and restored; choose another directory"
done

trap clean_up EXIT
trap 'exit 143' TERM INT
if [[ $mode == backup ]]; then
    take_backup
else
    restore
fi
