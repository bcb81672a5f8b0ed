# recovery-node.bash: a fabricated single-node cluster's node below $node, to take backups of and restore them to.
# The programs that only a real node has are stubs in $node/stubs, which a test puts first on PATH; they note their
# calls in /stubs/calls.
# shellcheck shell=bash disable=SC2016,SC2034,SC2154 # stubs are meant literally; $node is the test's

fabricate_node() {
    stubs=$node/stubs calls=/stubs/calls
    mkdir -p "$node"/{boot,proc,run,sysroot,tmp,lib64,stubs,sys/fs/cgroup,usr/{bin,lib,lib64,libexec,share/containers}}
    mkdir -p "$node"/etc/{kubernetes/{manifests,static-pod-resources/bin},tmpfiles.d,machine-config-daemon,deep/er}
    mkdir -p "$node"/{usr/local/{bin,share},var/{tmp,recovery,lib/{kubelet/pods,etcd/member/snap}},opt/managed,root}
    ln -s usr/lib "$node/lib"
    ln -s /usr/bin/mawk "$stubs/awk"
    fill_node
    make_stubs
}

fill_node() {
    echo config >"$node/root/kubeconfig"
    endpoint https://10.0.0.1:2379
    printf 'd /etc/volatile 0755 # kept by systemd\nL /run/x - - - - y\n# f /etc/commented\nf /etc/made/here\n' \
        >"$node/etc/tmpfiles.d/a.conf"
    jq -n '{spec: {config: {storage: {files: [{path: "/etc/hosts"}, {path: "/opt/managed/extra file"},
        {path: "/opt/managed/--odd"}, {path: "/usr/local/bin/tool"}]}}}}
        ' >"$node/etc/machine-config-daemon/currentconfig"
    echo extra >"$node/opt/managed/extra file"
    echo odd >"$node/opt/managed/--odd"
    echo 127.0.0.1 >"$node/etc/hosts"
    echo unit >"$node/etc/dev-disk-by\\x2dlabel.swap"
    echo newline >"$node/etc/deep/er/a"$'\n'"b"
    ln -s ../hosts "$node/etc/deep/link"
    chmod 0640 "$node/etc/hosts"
    chown 12:34 "$node/etc/hosts"
    setfattr -n user.mark -v kept "$node/etc/hosts" 2>/dev/null || true
    echo tool >"$node/usr/local/bin/tool"
    echo pod >"$node/var/lib/kubelet/pods/one"
    echo pods >"$node/etc/kubernetes/static-pod-resources/pod"
    head -c 5000 /dev/urandom >"$node/var/lib/etcd/member/snap/db"
}

endpoint() {
    jq -nc --arg e "$1" '{kind: "Pod", spec: {containers: [{env: [{name: "ALL_ETCD_ENDPOINTS", value: $e}]}]}}' \
        >"$node/etc/kubernetes/manifests/etcd-pod.yaml"
}

make_stubs() {
    for name in logger crio setenforce; do stub "$name" <<<''; done
    stub ostree <<<'case "$*" in
        "admin undeploy 1") touch /sysroot/written || exit 9
            n=$(cat /stubs/deployments 2>/dev/null || echo 2); echo $((n - 1)) >/stubs/deployments; ((n > 0)) ;;
        "admin status") printf "* rhcos abc.0\n    Version: 412\n    Pinned: %s\n  rhcos def.0\n    Pinned: yes\n" \
            "$(cat /stubs/pinned 2>/dev/null || echo yes)" ;;
        esac'
    # A restart of kubelet brings new containers, unless /stubs/stuck names one that stays.
    stub systemctl <<<'case "$*" in
        "is-active --quiet crio") [[ ! -e /stubs/crio-stopped ]] ;;
        "stop crio") touch /stubs/crio-stopped ;;
        "start crio"|"restart crio") rm -f /stubs/crio-stopped ;;
        "restart kubelet") touch /stubs/restarted ;;
        esac'
    stub crictl <<<'[[ $1 == ps ]] || exit 0
        name=${4#^} name=${name%$} id=$name-old
        [[ ! -e /stubs/restarted || $name == "$(cat /stubs/stuck 2>/dev/null)" ]] || id=$name-new
        jq -nc --arg id "$id" "{containers: [{id: \$id, state: \"CONTAINER_RUNNING\"},
            {id: \"x\", state: \"CONTAINER_EXITED\"}]}"'
    # The API does not answer the first call; a redeployment moves the revision on with the call after the next.
    stub oc <<<'[[ -e /stubs/api ]] || { touch /stubs/api; exit 1; }
        file=/stubs/revision.$2
        case $1 in
            patch) echo 8 >"$file.next" ;;
            get) cat >/dev/null </dev/null
                jq -n --argjson r "$(cat "$file" 2>/dev/null || echo 7)" \
                    "{status: {latestAvailableRevision: 7, nodeStatuses: [{currentRevision: \$r}]}}"
                [[ ! -e $file.next ]] || mv "$file.next" "$file" ;;
        esac'
    local real=$stubs
    stubs=$node/usr/local/bin
    stub cluster-backup.sh <<<'mkdir -p "$2" && cp /var/lib/etcd/member/snap/db "$2/snapshot_1__POSSIBLY_DIRTY__.db" &&
        tar -czf "$2/static_kuberesources_1.tar.gz" -C /etc/kubernetes static-pod-resources'
    stub cluster-restore.sh <<<'cp "$1"/snapshot*.db /var/lib/etcd/member/snap/db'
    stubs=$real
}
