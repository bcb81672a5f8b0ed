#!/usr/bin/env bats
# The pre-cache agent as a whole: the Job's script against a registry, with a chroot into a fabricated node, the
# machine's podman and jq, and nothing replaced but the cluster's API.
# shellcheck disable=SC2030,SC2031 # each test is a process of its own

load support

setup_file() {
    need_root
    need podman skopeo docker-registry jq python3 curl unshare
    scratch=$BATS_FILE_TMPDIR port=$(free_port)
    export scratch port
    start_registry
    for name in app/a:1 app/b:1 app/c:1 app/aws-d:1 op/x:2 op/y:2 extra/one:1 extra/two:1; do push "$name=random:20000"; done

    mkdir -p "$scratch/release/release-manifests"
    jq -n --arg r "127.0.0.1:$port/app" '{kind: "ImageStream", spec: {tags: [
        {name: "a", from: {kind: "DockerImage", name: ($r + "/a:1")}},
        {name: "b", from: {name: ($r + "/b:1")}},
        {name: "again-b", from: {name: ($r + "/b:1")}},
        {name: "c", from: {name: ($r + "/c:1")}},
        {name: "aws-thing", from: {name: ($r + "/aws-d:1")}}]}}' >"$scratch/release/release-manifests/image-references"
    push "release:4=$scratch/release"
    mkdir -p "$scratch/broken/release-manifests" && echo '{"spec":' >"$scratch/broken/release-manifests/image-references"
    push "release:broken=$scratch/broken"

    # The catalogue's opm is a script that prints a file of the catalogue: what it is told to render.
    mkdir -p "$scratch/index/configs" "$scratch/index/bin" "$scratch/index/usr/share"
    jq -n --arg r "127.0.0.1:$port/op" '
        {schema: "olm.package", name: "sriov", defaultChannel: "stable"},
        {schema: "olm.channel", package: "sriov", name: "stable",
            entries: [{name: "sriov.v1", replaces: ""}, {name: "sriov.v2", replaces: "sriov.v1"}]},
        {schema: "olm.bundle", package: "sriov", name: "sriov.v1", relatedImages: [{image: ($r + "/old:1")}]},
        {schema: "olm.bundle", package: "sriov", name: "sriov.v2",
            relatedImages: [{name: "x", image: ($r + "/x:2")}, {image: ($r + "/y:2")}]}' >"$scratch/index/configs/all.json"
    printf '#!/bin/bash\n[[ $1 == render ]] && cat "$2"/*.json\n' >"$scratch/index/usr/share/opm"
    chmod +x "$scratch/index/usr/share/opm"
    ln -s /usr/share/opm "$scratch/index/bin/opm"
    push "index:fbc=$scratch/index"
    cp -r "$scratch/index" "$scratch/sqlite" && rm "$scratch/sqlite/bin/opm" && mkdir "$scratch/sqlite/database"
    mv "$scratch/sqlite/configs/all.json" "$scratch/sqlite/database/index.db" && rmdir "$scratch/sqlite/configs"
    printf '#!/bin/bash\n[[ $1 == render && $2 == */database/index.db ]] && cat "$2"\n' >"$scratch/sqlite/bin/opm"
    chmod +x "$scratch/sqlite/bin/opm"
    push "index:sqlite=$scratch/sqlite"
}

teardown_file() {
    [[ ! -f ${scratch:-}/registry.pid ]] || stop_registry
}

setup() {
    need_root
    need podman skopeo docker-registry jq python3 curl unshare
    work=$BATS_TEST_TMPDIR node=$BATS_TEST_TMPDIR/node
    make_node "$node"
    install_agent "$work/opt"
    mkdir "$work/config" "$work/sa"
    : | tee "$work/config/"{platform.image,operators.indexes,operators.packagesAndChannels,excludePrecachePatterns,additionalImages}
    printf 0 >"$work/config/spaceRequired"
    printf secret-token >"$work/sa/token"
    printf openshift-talo-pre-cache >"$work/sa/namespace"
    : >"$work/sa/ca.crt"
    : >"$work/termination"
    export HOST_ROOT=$node CONFIG_SOURCE=$work/config SERVICE_ACCOUNT_DIR=$work/sa TERMINATION_LOG=$work/termination
    export NODE_NAME=sno1 PROGRESS_INTERVAL=1 CONFIGZ_RETRY_DELAY=0 PULL_RETRY_DELAY=0
    export config_volume_path=/tmp/precache/config
    export KUBERNETES_API=http://127.0.0.1:9 PATH=/usr/sbin:/usr/bin:/sbin:/bin
}

config() { printf '%s' "$2" >"$work/config/$1"; }
precache() { run on_node "$node" "$work/opt/precache.sh"; }
node_images() {
    node_podman "$node" images --format '{{.Repository}}:{{.Tag}}' | sed "s|^127.0.0.1:$port/||" | sort
}
reported() { jq -r "$1" "$work/termination"; }

@test "release, operator and additional images are pulled, each once, and a second run pulls nothing" {
    config platform.image "127.0.0.1:$port/release:4"
    config operators.indexes "127.0.0.1:$port/index:fbc"
    config operators.packagesAndChannels $'sriov : stable\nabsent:stable'
    config additionalImages $'127.0.0.1:'"$port"$'/extra/one:1\n\n127.0.0.1:'"$port/extra/two:1"
    config excludePrecachePatterns 'aws'

    precache

    ended 0
    equal "$(printf '%s\n' app/a:1 app/b:1 app/c:1 extra/one:1 extra/two:1 index:fbc op/x:2 op/y:2 release:4)" "$(node_images)"
    has "Pulling 127.0.0.1:$port/op/y:2 [5/5]"
    has "Pulling 127.0.0.1:$port/extra/two:1 [2/2]"
    has "Package and channel absent:stable found in none of the indexes"
    has "Image pre-caching complete for additional-images"
    has_not secret-token
    equal 'succeeded 0 pull 7/7' "$(reported '"\(.outcome) \(.exitCode) \(.phase) \(.imagesDone)/\(.imagesTotal)"')"

    precache

    ended 0
    has "Skipping existing image 127.0.0.1:$port/extra/two:1"
    equal 7 "$(reported .imagesSkipped)"
}
