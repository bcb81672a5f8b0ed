#!/usr/bin/env bats
# Backup and recovery in a fabricated node: a chroot with the machine's own bash, rsync, tar and jq bound read-only, and
# stubs for what only a real node has (ostree, crictl, crio, systemctl, oc, SELinux, the cluster's own scripts).
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # stubs are meant literally; some variables come from support.bash

load support
load recovery-node

setup() {
    need_root
    need rsync jq unshare
    work=$BATS_TEST_TMPDIR node=$BATS_TEST_TMPDIR/node
    fabricate_node
    mkdir -p "$work/agent" "$work/sa"
    cp "$agent"/recovery/{backup-on-host.sh,upgrade-recovery.sh,upgrade-recovery} "$agent/common/report.sh" "$work/agent/"
    : >"$work/termination"
    export HOST_ROOT=$node AGENT_DIR=$work/agent TERMINATION_LOG=$work/termination SERVICE_ACCOUNT_DIR=$work/sa
    export PATH=/stubs:/usr/sbin:/usr/bin:/sbin:/bin NODE_READ_ONLY=sysroot
    export WAIT_INTERVAL=0.05 WAIT_TIMEOUT=20 KUBERNETES_API=http://127.0.0.1:9 KUBECONFIG=/root/kubeconfig
}

launch() { run on_node "$node" "$work/agent/upgrade-recovery" launchBackup; }
recover() { run on_node "$node" chroot "$node" /bin/bash /var/recovery/upgrade-recovery.sh "$@"; }
took() { launch && ended 0 && : >"$node$calls"; }
called() { cat "$node$calls" 2>/dev/null; }
progress() { xargs <"$node/var/recovery/progress"; }
outcome() { jq -r '"\(.outcome) \(.exitCode)"' "$work/termination"; }
message() { jq -r .message "$work/termination"; }

# tree DIR...: everything in it that a restore has to bring back.
tree() {
    for part in "$@"; do
        (cd "$node/$part" && find . -printf '%y %m %U:%G %p %l\n' && find . -type f -exec sha256sum {} + &&
            getfattr -R -d . 2>/dev/null) | sort
    done
}

# --- taking a backup -------------------------------------------------------------------------------------------------

@test "a backup has all of its parts, its checksums and the script, and the way there is cleaned up" {
    echo leftover >"$node/var/recovery/leftover"
    touch "$node/run/ostree-booted"
    stub logger <<<'ls /run >>/stubs/run-during'
    launch
    ended 0
    equal 'cluster etc etc.exclude.list extras.tgz kubelet local manifest.seal manifest.sha256 manifest.tree upgrade-recovery.sh' \
        "$(cd "$node/var/recovery" && echo *)"
    equal "$(printf '%s\n' volatile made/here .updated kubernetes/manifests)" "$(<"$node/var/recovery/etc.exclude.list")"
    equal "$(printf '%s\n' opt/managed/--odd 'opt/managed/extra file')" "$(tar -tzf "$node/var/recovery/extras.tgz" | sort)"
    equal '700 700' "$(stat -c %a "$node/var/recovery/upgrade-recovery.sh" "$node/var/recovery" | xargs)"
    equal "$(tree etc usr/local var/lib/kubelet)" "$(tree var/recovery/etc var/recovery/local var/recovery/kubelet)"
    equal 'ostree-booted.tmp' "$(grep ostree "$stubs/run-during" | sort -u)"
    test -e "$node/run/ostree-booted"
    equal 'succeeded 0' "$(outcome)"
    has 'msg="Old contents have been cleaned up"'
    has 'msg="Sufficient disk space found to trigger backup"'
    has 'msg="Running: bash -c /var/recovery/upgrade-recovery.sh --take-backup --dir /var/recovery"'
    has 'msg="------------------------------------------------------------"'
    has 'msg="backup has successfully finished ..."'
    equal 'character special file 666' "$(stat -c '%F %a' "$node/dev/null")"
    equal 751 "$(stat -c %a "$node/dev/shm")"
}

@test "all other deployments are removed, then the active one is pinned" {
    launch
    equal 'ostree admin undeploy 1 ostree admin undeploy 1 ostree admin undeploy 1 ostree admin pin 0' \
        "$(called | grep ^ostree | xargs)"
}

@test "an unknown argument gets the usage and exit 1" {
    run "$work/agent/upgrade-recovery"
    ended 1
    run "$work/agent/upgrade-recovery" launchRestore
    ended 1
    has "usage: upgrade-recovery launchBackup"
}

@test "the machine's own root is refused as the node" {
    HOST_ROOT=/ run unshare --mount "$work/agent/upgrade-recovery" launchBackup
    ended 1
    equal 'failed 1' "$(outcome)"
}

@test "during a recovery there is no backup and no success" {
    echo started >"$node/var/recovery/progress"
    launch
    ended 1
    has "Cannot take backup. Recovery is currently in progress"
    equal 'failed 1' "$(outcome)"
    test -e "$node/var/recovery/progress"
}

@test "without space the old backup stays" {
    took
    stub stat <<<'echo "100 4096"'
    launch
    ended 1
    has "insufficient disk space to trigger backup"
    [[ $(message) == "insufficient disk space to trigger backup: "*"GiB in reserve required" ]]
    test -e "$node/var/recovery/manifest.seal"
    rm "$stubs/stat"
    recover --dry-run
    ended 0
}

@test "a cluster of more than one node is refused, and the old backup stays" {
    took
    endpoint https://10.0.0.1:2379,https://10.0.0.2:2379
    launch
    ended 1
    [[ $(message) == "etcd has several members"*"only a single-node cluster can be handled" ]]
    test -e "$node/var/recovery/manifest.seal"
    printf 'env:\n  - name: "ALL_ETCD_ENDPOINTS"\n    value: "https://[fd00::1]:2379"\n' \
        >"$node/etc/kubernetes/manifests/etcd-pod.yaml"
    launch
    ended 0
    rm "$node/etc/kubernetes/manifests/etcd-pod.yaml"
    launch
    ended 1
    [[ $(message) == *"is missing: this is no control-plane node"* ]]
}

@test "a second node that the API knows is refused" {
    mkdir "$work/api" && echo '{"items":[{},{}]}' >"$work/api/nodes"
    echo token >"$work/sa/token" && echo openshift-talo-backup >"$work/sa/namespace" && : >"$work/sa/ca.crt"
    PATH=/usr/bin:/bin start_api "$work/api"
    launch
    stop_api
    ended 1
    has "this cluster has more than one node"
    equal '/apis/batch/v1/namespaces/openshift-talo-backup/jobs/backup-agent' \
        "$(jq -r 'select(.method == "PATCH").path' "$work/api/requests")"
    has_not "token "
}

@test "each step that fails ends the backup with its message and without a seal" {
    stub ostree <<<'[[ $2 != pin ]]'
    launch
    ended 1
    equal "Failed to pin active deployment" "$(message)"
    stub ostree <<<'[[ $2 == pin ]]'
    mv "$node/usr/local/bin/cluster-backup.sh" "$work/"
    printf '#!/bin/bash\nexit 3\n' >"$node/usr/local/bin/cluster-backup.sh"
    chmod +x "$node/usr/local/bin/cluster-backup.sh"
    launch
    ended 1
    equal "Cluster backup failed" "$(message)"
    mv "$work/cluster-backup.sh" "$node/usr/local/bin/"
    stub rsync <<<'[[ $* == *kubelet* ]] && exit 12; exec /usr/bin/rsync "$@"'
    : >"$node$calls"
    launch
    ended 1
    equal "Failed to backup /var/lib/kubelet" "$(message)"
    equal 3 "$(called | grep -c '^rsync.*kubelet')"
    rm "$stubs/rsync"
    echo '{"spec":' >"$node/etc/machine-config-daemon/currentconfig"
    launch
    ended 1
    equal "Failed to backup additional managed files" "$(message)"
    test ! -e "$node/var/recovery/manifest.seal"
}

@test "a managed file that is not there is named" {
    rm "$node/opt/managed/extra file"
    launch
    ended 1
    equal "/opt/managed/extra file is in the machine config but not there, or in no directory that the Job mounts" \
        "$(message)"
    has "Failed to backup additional managed files"
}

@test "files that vanish while they are copied are no failure" {
    stub rsync <<<'/usr/bin/rsync "$@"; exit 24'
    launch
    ended 0
}

@test "no additional managed files, no archive" {
    echo '{"spec":{"config":{"storage":{}}}}' >"$node/etc/machine-config-daemon/currentconfig"
    launch
    ended 0
    test ! -e "$node/var/recovery/extras.tgz"
}

@test "a signal ends the backup, puts things back and says so" {
    touch "$node/run/ostree-booted"
    printf '#!/bin/bash\n: >/stubs/started; exec sleep 600.23\n' >"$node/usr/local/bin/cluster-backup.sh"
    "$agent/test/on-node" "$node" "$work/agent/upgrade-recovery" launchBackup >"$work/log" 2>&1 3>&- &
    pid=$!
    await 20 "the cluster's backup runs" test -e "$stubs/started"
    test -e "$node/run/ostree-booted.tmp"
    kill "$pid"
    wait "$pid" && status=0 || status=$?
    pkill -fx "sleep 600.23"
    equal 143 "$status"
    equal 'interrupted 143' "$(outcome)"
    test -e "$node/run/ostree-booted"
    test ! -e "$node/var/recovery/manifest.seal"
}

# --- the space estimate ----------------------------------------------------------------------------------------------

launcher_functions() { bash -c "set -- functions; source '$agent/recovery/backup-on-host.sh'; $1"; }

@test "more than 10 GiB have to be left over" {
    for vector in '100 80 yes' '1024 800 yes' '800 790 no' '75 70 no' '70 70 no'; do
        read -r free estimate expected <<<"$vector"
        run launcher_functions "enough_space $((free << 30)) $((estimate << 30)) && echo yes || echo no"
        equal "$expected" "$output"
    done
}

@test "sizes are shown in the unit that fits, up to PiB and EiB" {
    run launcher_functions 'for n in 0 1023 1024 1610612736 1125899906842624 1152921504606846976; do human $n; echo; done'
    equal "$(printf '%s\n' '0.00 B' '1023.00 B' '1.00 KiB' '1.50 GiB' '1.00 PiB' '1.00 EiB')" "$output"
}

@test "the estimate counts what the contract says, and a file that vanishes costs no other" {
    head -c 1000000 /dev/zero >"$node/etc/kubernetes/static-pod-resources/bin/big"
    head -c 2000000 /dev/zero >"$node/var/lib/kubelet/data"
    stub find <<<'[[ ${!#} == "%s\n" ]] || exec /usr/bin/find "$@"
        /usr/bin/find "$@"; echo "find: /var/lib/kubelet/gone: No such file or directory" >&2; exit 1'
    launch
    ended 0
    has 'level=warning msg="find: /var/lib/kubelet/gone: No such file or directory"'
    has 'Estimated disk space required for backup: 2.8'
    rm -r "$node/var/lib/etcd/member"
    launch
    ended 1
    equal "/var/lib/etcd/member/snap/db does not exist; the size of the backup cannot be estimated" "$(message)"
}

# --- restoring -------------------------------------------------------------------------------------------------------

# damage_node: what a failed upgrade may have done.
damage_node() {
    echo upgraded >"$node/etc/hosts"
    echo new >"$node/etc/new-file"
    echo kept >"$node/etc/volatile"
    echo new >"$node/etc/kubernetes/manifests/new-pod.yaml"
    rm "$node/etc/deep/link" "$node/usr/local/bin/tool" "$node/var/lib/kubelet/pods/one" "$node/opt/managed/extra file"
    chmod 0777 "$node/etc/deep"
}

@test "a restore brings everything back, in three stages with a reboot between" {
    took
    before=$(tree etc usr/local var/lib/kubelet opt var/lib/etcd)
    damage_node
    echo upgraded >"$node/var/lib/etcd/member/snap/db"
    recover
    ended 0
    has "systemctl reboot"
    equal 'started restore_files' "$(progress)"
    equal 'kept' "$(<"$node/etc/volatile")"
    test -e "$node/etc/kubernetes/manifests/new-pod.yaml"
    test ! -e "$node/etc/new-file"
    equal 'setenforce 0;systemctl stop kubelet;crictl rmp -fa;systemctl stop crio;crio wipe -f;systemctl daemon-reload;systemctl disable kubelet;setenforce 1;' \
        "$(called | grep -E '^(setenforce|crio|crictl|systemctl)' | grep -v is-active | tr '\n' ';')"
    : >"$node$calls"

    recover --resume

    ended 0
    has "Recovery complete"
    rm "$node/etc/volatile" "$node/etc/kubernetes/manifests/new-pod.yaml"
    equal "$before" "$(tree etc usr/local var/lib/kubelet opt var/lib/etcd)"
    test ! -e "$node/var/recovery/progress"
    equal 'setenforce 0;systemctl start crio;cluster-restore.sh /var/recovery/cluster;systemctl restart kubelet;systemctl enable kubelet;systemctl restart crio;setenforce 1;' \
        "$(called | grep -E '^(setenforce|cluster|systemctl)' | grep -v is-active | tr '\n' ';')"
    equal 'etcd kubeapiserver kubecontrollermanager kubescheduler' \
        "$(called | sed -nE 's/^oc patch ([a-z]+) cluster --type=merge -p .*"recovery-20.*/\1/p' | xargs)"
}

@test "a dry run checks and says everything, and changes nothing" {
    took
    damage_node
    before=$(tree etc usr/local var opt run)
    recover --dry-run
    ended 0
    for step in 'would run: setenforce 0' 'would run: rsync -aAXvc --delete --no-t /var/recovery/local/ /usr/local/' \
        'would run: systemctl disable kubelet' 'would run: /usr/local/bin/cluster-restore.sh /var/recovery/cluster' \
        'a new container kube-apiserver-operator runs' 'would run: oc patch etcd' 'would run: rm -f -- /var/recovery/progress'
    do has "$step"; done
    equal "$before" "$(tree etc usr/local var opt run)"
    equal 'ostree admin status' "$(called | grep -vE 'is-active' | xargs)"

    echo extra >"$node/opt/managed/extra file"
    before=$(tree etc usr/local var opt run)
    recover --take-backup --dry-run
    ended 0
    has 'would run: /usr/local/bin/cluster-backup.sh --force /var/recovery/cluster'
    equal "$before" "$(tree etc usr/local var opt run)"
}

@test "--step does one stage at a time" {
    took
    recover --step
    equal 'started restore_files' "$(progress)"
    recover --step
    ended 0
    equal 'started restore_files restore_cluster' "$(progress)"
    lacks '^oc patch' "$node$calls"
    recover --step
    ended 0
    test ! -e "$node/var/recovery/progress"
}

@test "progress is neither overwritten nor forgotten without being told" {
    took
    recover
    recover
    ended 1
    has "a recovery is in progress; use --resume, --step or --restart"
    echo changed >"$node/etc/hosts"
    recover --restart
    ended 0
    equal 127.0.0.1 "$(<"$node/etc/hosts")"
    equal 'started restore_files' "$(progress)"
}

@test "a restore needs a kubeconfig, a backup and a pinned deployment" {
    took
    KUBECONFIG='' recover
    ended 1
    has "KUBECONFIG has to name a readable file"
    echo no >"$stubs/pinned"
    recover
    ended 1
    has "the active ostree deployment is not pinned"
    recover --force --dry-run
    ended 0
    has "WARNING: the active ostree deployment is not pinned"
    rm -r "$node/var/recovery/local"
    recover
    ended 1
    has "/var/recovery/local is missing"
    for wrong in --nonsense '--dir' '--dir relative' '--dir /'; do
        # shellcheck disable=SC2086 # two words
        recover $wrong
        ended 1
        has "usage:"
    done
    recover --dir /etc/x
    ended 1
    has "/etc/x is within /etc"
}

# damage: one way to harm a backup, and what has to be said about it.
refuses() {
    recover --resume
    ended 1
    has "$1"
    lacks '^(setenforce|systemctl stop)' "$node$calls"
}

@test "a damaged backup is never restored, whatever the damage" {
    took
    cp -a "$node/var/recovery" "$work/good"
    again() { rm -rf "$node/var/recovery" && cp -a "$work/good" "$node/var/recovery"; }
    cd "$node/var/recovery"
    printf x >>cluster/snapshot_1__POSSIBLY_DIRTY__.db
    refuses "snapshot_1__POSSIBLY_DIRTY__.db: FAILED"
    again && cd "$node/var/recovery" && rm "etc/dev-disk-by\\x2dlabel.swap"
    refuses "FAILED open or read"
    again && cd "$node/var/recovery" && chmod 0777 etc/deep
    refuses "entries differ from manifest.tree"
    again && cd "$node/var/recovery" && ln -sfn /etc/shadow etc/deep/link
    refuses "etc/deep/link -> /etc/shadow"
    again && cd "$node/var/recovery" && touch kubelet/intruder
    refuses "kubelet/intruder"
    again && cd "$node/var/recovery" && sed -i '$d' manifest.sha256
    refuses "manifest.sha256 is damaged"
    again && cd "$node/var/recovery" && truncate -s 100 manifest.tree
    refuses "manifest.tree: FAILED"
    again && cd "$node/var/recovery" && rm manifest.seal
    refuses "has no manifest.seal"
    recover --no-verify
    ended 0
    has "WARNING: the backup is not verified"
}

@test "a backup of a cluster with several members is not restored" {
    endpoint https://10.0.0.1:2379
    took
    sed -i 's/2379/2379,https:\/\/10.0.0.2:2379/' "$node/var/recovery/etc/kubernetes/manifests/etcd-pod.yaml"
    recover --no-verify
    ended 1
    has "etcd has several members"
}

@test "a fatal error in the first stage leaves SELinux enforcing and kubelet enabled, and can be resumed" {
    took
    damage_node
    stub rsync <<<'[[ $* == */etc/ ]] && exit 11; exec /usr/bin/rsync "$@"'
    recover
    ended 1
    has "Failed to restore /etc/"
    equal 'setenforce 1' "$(called | grep ^setenforce | tail -n 1)"
    equal started "$(progress)"
    rm "$stubs/rsync"
    : >"$node$calls"
    recover --resume
    ended 0
    equal 127.0.0.1 "$(<"$node/etc/hosts")"
    lacks 'crictl rmp' "$node$calls"

    took_again() { rm -f "$node/var/recovery/progress" "$stubs/crio-stopped"; : >"$node$calls"; }
    took_again
    stub setenforce <<<'[[ $1 == 0 ]]'
    stub systemctl <<<'[[ $1 != disable ]]'
    recover
    ended 1
    equal 'systemctl enable kubelet' "$(called | grep 'systemctl.*kubelet' | tail -n 1)"
    has "SELinux is still permissive; run: setenforce 1"
}

@test "a fatal error in the second stage leaves SELinux enforcing and kubelet enabled" {
    took
    recover
    printf '#!/bin/bash\nexit 1\n' >"$node/usr/local/bin/cluster-restore.sh"
    : >"$node$calls"
    recover --resume
    ended 1
    has "Failed to restore the cluster"
    equal 'setenforce 0 systemctl start crio systemctl enable kubelet setenforce 1' \
        "$(called | grep -E '^(setenforce|systemctl)' | grep -v is-active | xargs)"
    equal 'started restore_files' "$(progress)"
}

@test "an old container that still runs is not taken for the new one" {
    took
    recover
    echo kube-apiserver-operator >"$stubs/stuck"
    WAIT_TIMEOUT=1 recover --resume
    ended 1
    has "Gave up after 1 s: a new container kube-apiserver-operator runs"
    equal 'started restore_files' "$(progress)"
    rm "$stubs/stuck" "$stubs/restarted"
    recover --resume
    ended 0
}

@test "a redeployment that does not come is an error, and the stage can be run again" {
    took
    recover
    recover --step
    mv "$stubs/oc" "$stubs/oc.real"
    stub oc <<<'[[ $1 == patch ]] && exit 0; exec /stubs/oc.real "$@"'
    WAIT_TIMEOUT=1 recover --resume
    ended 1
    has "Gave up after 1 s: revision 8 of etcd is current"
    mv "$stubs/oc.real" "$stubs/oc"
    recover --resume
    ended 0
}

# --- with a real etcd ------------------------------------------------------------------------------------------------

start_etcd() {
    client=$(/usr/bin/python3 -c 'import socket; s = socket.socket(); s.bind(("", 0)); print(s.getsockname()[1])')
    etcd --data-dir "$node/var/lib/etcd" --listen-client-urls "http://127.0.0.1:$client" \
        --advertise-client-urls "http://127.0.0.1:$client" --listen-peer-urls "http://127.0.0.1:0" \
        --unsafe-no-fsync >>"$work/etcd.log" 2>&1 3>&- &
    etcd_pid=$!
    await 20 "etcd answers" etcdctl --endpoints "127.0.0.1:$client" endpoint health
}
stop_etcd() {
    kill "$etcd_pid"
    wait "$etcd_pid" || true
}
etcd_data() { etcdctl --endpoints "127.0.0.1:$client" get '' --prefix; }

@test "a real etcd has after the restore what it had at the backup" {
    need etcd etcdctl python3
    export ETCDCTL_API=3
    rm -r "$node/var/lib/etcd"
    mkdir -m 0700 "$node/var/lib/etcd"
    start_etcd
    for n in {1..40}; do etcdctl --endpoints "127.0.0.1:$client" put "/registry/$n" "value $n" >/dev/null; done
    before=$(etcd_data)
    local real=$stubs
    stubs=$node/usr/local/bin
    stub cluster-backup.sh <<<'mkdir -p "$2" && ETCDCTL_API=3 etcdctl --endpoints 127.0.0.1:'"$client"' snapshot save \
        "$2/snapshot_1.db" && tar -czf "$2/static_kuberesources_1.tar.gz" -C /etc/kubernetes static-pod-resources'
    stub cluster-restore.sh <<<'rm -rf /var/lib/etcd && ETCDCTL_API=3 etcdctl snapshot restore "$1/snapshot_1.db" \
        --data-dir /var/lib/etcd'
    stubs=$real
    took
    etcdctl --endpoints "127.0.0.1:$client" del /registry/1 >/dev/null
    etcdctl --endpoints "127.0.0.1:$client" put /registry/2 upgraded >/dev/null
    damage_node
    [[ $(etcd_data) != "$before" ]]
    stop_etcd
    recover
    ended 0

    recover --resume

    ended 0
    start_etcd
    after=$(etcd_data)
    stop_etcd
    equal "$before" "$after"
}
