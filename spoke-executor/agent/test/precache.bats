#!/usr/bin/env bats
# The pre-cache agent as a whole: the Job's script against a registry, with a chroot into a fabricated node, the
# machine's podman and jq, and nothing replaced but the cluster's API.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # hostile inputs are meant literally; some variables are set by bats and support.bash

load support

setup_file() {
    can podman docker-registry jq python3 curl unshare || return 0
    scratch=$BATS_FILE_TMPDIR port=$(free_port)
    export scratch port
    start_registry
    printf '%s=random:20000\n' app/{a,b,c,aws-d}:1 op/{x,y}:2 extra/{one,two}:1 many/{1..20}:1 | xargs -d '\n' \
        "$agent/test/push-image" "127.0.0.1:$port"
    push big:1=random:25000000

    mkdir -p "$scratch/release/release-manifests"
    jq -n --arg r "127.0.0.1:$port/app" '{kind: "ImageStream", spec: {tags: [
        {name: "a", from: {kind: "DockerImage", name: ($r + "/a:1")}},
        {name: "b", from: {name: ($r + "/b:1")}},
        {name: "again-b", from: {name: ($r + "/b:1")}},
        {name: "c", from: {name: ($r + "/c:1")}},
        {name: "aws-thing", from: {name: ($r + "/aws-d:1")}}]}}' >"$scratch/release/release-manifests/image-references"
    push "release:4=$scratch/release"
    mkdir -p "$scratch/broken/release-manifests"
    echo '{"spec":' >"$scratch/broken/release-manifests/image-references"
    push "release:broken=$scratch/broken"

    # The catalogue's opm is a script that prints a file of the catalogue: what it is told to render.
    mkdir -p "$scratch/index/configs" "$scratch/index/bin" "$scratch/index/usr/share"
    jq -n --arg r "127.0.0.1:$port/op" '
        {schema: "olm.package", name: "sriov", defaultChannel: "stable"},
        {schema: "olm.channel", package: "sriov", name: "stable",
            entries: [{name: "sriov.v1", replaces: ""}, {name: "sriov.v2", replaces: "sriov.v1"}]},
        {schema: "olm.bundle", package: "sriov", name: "sriov.v1", relatedImages: [{image: ($r + "/old:1")}]},
        {schema: "olm.bundle", package: "sriov", name: "sriov.v2",
            relatedImages: [{name: "x", image: ($r + "/x:2")}, {image: ($r + "/y:2")}]}
        ' >"$scratch/index/configs/all.json"
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
    need podman docker-registry jq python3 curl unshare
    work=$BATS_TEST_TMPDIR node=$BATS_TEST_TMPDIR/node
    make_node "$node"
    install_agent "$work/opt"
    mkdir "$work/config" "$work/sa"
    touch "$work/config/"{platform.image,operators.{indexes,packagesAndChannels},excludePrecachePatterns,additionalImages}
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
# The Job's command, as the Job gives it.
precache() { run on_node "$node" /bin/bash -c "$work/opt/precache.sh"; }
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
    equal "$(printf '%s\n' app/{a,b,c}:1 extra/{one,two}:1 index:fbc op/{x,y}:2 release:4)" "$(node_images)"
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

@test "the node's directories are made ready: a null device, shared memory, no trace of an earlier run" {
    mkdir -p "$node/tmp/precache/config" && echo stale >"$node/tmp/precache/config/additionalImages"
    echo '"127.0.0.1:1/stale:1"' >"$node/tmp/images.txt"
    echo "not a device" >"$node/stale" && mkdir "$node/dev" && mv "$node/stale" "$node/dev/null"
    precache
    ended 0
    equal 'character special file 666 1:3' "$(stat -c '%F %a %t:%T' "$node/dev/null")"
    equal 'succeeded 0' "$(reported '"\(.outcome) \(.imagesTotal)"')"
    [[ ! -e $node/tmp/images.txt ]]
}

@test "a missing image fails the run and is reported with its reason; all others are pulled" {
    config platform.image "127.0.0.1:$port/release:4"
    config additionalImages "127.0.0.1:$port/extra/one:1"$'\n'"127.0.0.1:$port/absent:1"$'\n'"127.0.0.1:$port/extra/two:1"
    PULL_RETRIES=2 precache
    ended 1
    equal "$(printf '%s\n' app/{a,aws-d,b,c}:1 extra/{one,two}:1 release:4)" "$(node_images)"
    equal 'failed 1 6/7' "$(reported '"\(.outcome) \(.exitCode) \(.imagesDone)/\(.imagesTotal)"')"
    equal "127.0.0.1:$port/absent:1" "$(reported '.failed[].image')"
    [[ $(reported '.failed[0].reason') == *"manifest unknown"* ]]
    equal "One or more images were not pre-cached successfully for additional-images" "$(reported .message)"
}

@test "a registry that goes away in the middle and comes back fails nothing" {
    config additionalImages "$(printf "127.0.0.1:$port/many/%d:1\n" {1..20})"
    MAX_PULL_THREADS=2 PULL_RETRY_DELAY=1 "$agent/test/on-node" "$node" "$work/opt/precache.sh" 2>"$work/log" 3>&- &
    pid=$!
    await 60 "some images are there" grep -q '\[6/20\]' "$work/log"
    stop_registry
    await 60 "a pull fails" grep -q 'Pull failed for image' "$work/log"
    start_registry
    wait "$pid" && status=0 || status=$?
    output=$(<"$work/log")
    ended 0
    has "Retrying failed image pull"
    equal 20 "$(node_images | wc -l)"
    equal '20 20' "$(reported '"\(.imagesDone) \(.imagesTotal)"')"
}

@test "a run that is stopped leaves its images, and the next one goes on from there" {
    config additionalImages "$(printf "127.0.0.1:$port/many/%d:1\n" {1..20})"
    MAX_PULL_THREADS=1 "$agent/test/on-node" "$node" "$work/opt/precache.sh" 2>"$work/log" 3>&- &
    pid=$!
    await 60 "some images are there" grep -q '\[4/20\]' "$work/log"
    kill "$pid"
    wait "$pid" && status=0 || status=$?
    equal 143 "$status"
    equal 'interrupted 143' "$(reported '"\(.outcome) \(.exitCode)"')"
    before=$(node_images | wc -l)
    ((before >= 3 && before < 20))

    precache

    ended 0
    equal 20 "$(node_images | wc -l)"
    equal "$before" "$(reported .imagesSkipped)"
}

@test "a run that is killed outright leaves its images, and the next one goes on from there" {
    config additionalImages "$(printf "127.0.0.1:$port/many/%d:1\n" {1..20})"
    # As in a pod: the processes of the run are alone in a namespace and end with its first.
    MAX_PULL_THREADS=2 unshare --pid --fork --kill-child "$agent/test/on-node" "$node" "$work/opt/precache.sh" \
        2>"$work/log" 3>&- &
    pid=$!
    await 60 "some images are there" grep -q '\[5/20\]' "$work/log"
    kill -KILL "$pid"
    wait "$pid" && status=0 || status=$?
    equal 137 "$status"

    precache

    ended 0
    equal 20 "$(node_images | wc -l)"
    (($(reported .imagesSkipped) >= 2))
}

@test "without enough space nothing is pulled, and the numbers are said" {
    config additionalImages "127.0.0.1:$port/extra/one:1"
    config spaceRequired 1
    NODE_TMPFS=200m precache
    ended 1
    has "[ERROR]: not enough space for precaching"
    has_not Pulling
    [[ $(reported .message) == *"85 % (0.0 GiB of 0.2 GiB used), 1 GiB required"* ]]
    config additionalImages ''
    config operators.packagesAndChannels p:stable
    NODE_TMPFS=200m precache
    ended 0
}

@test "images that push the node over kubelet's mark fail the run at the end" {
    mkdir "$work/api"
    printf '{"kubeletconfig":{"imageGCHighThresholdPercent":50}}' >"$work/api/configz"
    start_api "$work/api"
    config additionalImages "127.0.0.1:$port/big:1"
    NODE_TMPFS=40m precache
    stop_api
    ended 1
    has "Image pre-caching complete for additional-images"
    has "[ERROR]: not enough space for precaching"
    equal '1/1' "$(reported '"\(.imagesDone)/\(.imagesTotal)"')"
    (($(reported .bytes) > 20000000))
}

@test "progress is put on the Job while the run goes on, and the outcome at its end" {
    mkdir "$work/api"
    start_api "$work/api"
    config additionalImages "127.0.0.1:$port/absent:1"$'\n'"127.0.0.1:$port/extra/one:1"
    PULL_RETRIES=2 PULL_RETRY_DELAY=2 PROGRESS_INTERVAL=1 precache
    stop_api
    ended 1
    equal PATCH "$(jq -r 'select(.path | endswith("configz") | not) | .method' "$work/api/requests" | sort -u)"
    equal '/apis/batch/v1/namespaces/openshift-talo-pre-cache/jobs/pre-cache' \
        "$(jq -r 'select(.method == "PATCH").path' "$work/api/requests" | sort -u)"
    jq -s 'map(select(.method == "PATCH").body | fromjson | .metadata.annotations["echelon.dev/progress"] | fromjson)' \
        "$work/api/requests" >"$work/reports"
    equal 'pull 1/2' "$(jq -r '[.[] | select(.outcome | not)][-1] | "\(.phase) \(.imagesDone)/\(.imagesTotal)"' "$work/reports")"
    equal 'failed 1' "$(jq -r '.[-1] | "\(.outcome) \(.exitCode)"' "$work/reports")"
}

@test "a broken release payload fails the run and says why" {
    config platform.image "127.0.0.1:$port/release:broken"
    precache
    ended 1
    [[ $(reported .message) == *"has no usable release-manifests/image-references"* ]]
    config platform.image "127.0.0.1:$port/app/a:1"
    precache
    ended 1
}

@test "an SQLite index is rendered from its database" {
    config operators.indexes "127.0.0.1:$port/index:sqlite"
    config operators.packagesAndChannels 'sriov:stable'
    precache
    ended 0
    has "Rendering SQLite catalog"
    equal "$(printf '%s\n' index:sqlite op/{x,y}:2)" "$(node_images)"
}

@test "hostile configuration is reported and not evaluated" {
    config additionalImages '$(touch /tmp/pwned)'$'\n''`touch /tmp/pwned`'$'\n'"127.0.0.1:$port/extra/one:1"
    config excludePrecachePatterns '$(touch /tmp/pwned)'
    config operators.indexes 'a[$(touch /tmp/pwned)]'
    config operators.packagesAndChannels '$(touch /tmp/pwned):x'
    precache
    ended 1
    has "is not an image reference"
    config operators.indexes ''
    precache
    ended 1
    equal 'extra/one:1' "$(node_images)"
    config spaceRequired 'a[$(touch /tmp/pwned)]'
    precache
    ended 1
    [[ ! -e $node/tmp/pwned && ! -e /tmp/pwned ]]
}

@test "the machine's own root is refused as the node" {
    HOST_ROOT=/ run unshare --mount "$work/opt/precache.sh"
    ended 1
    has "expected a directory with the node's directories below it"
}
