#!/usr/bin/env bats
# The two images, built from their Dockerfiles, and run in the shape of the Jobs: the command and the mounts of contract
# A2 and B1, on a fabricated node. The base image is made of the machine's own programs, and only of those that the
# Dockerfiles say the base has to have.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # some variables come from support.bash

load support
load recovery-node

setup_file() {
    can podman docker-registry jq python3 curl ldd || return 0
    scratch=$BATS_FILE_TMPDIR port=$(free_port)
    export scratch port CONTAINERS_STORAGE_CONF=$BATS_FILE_TMPDIR/storage.conf
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s"\nrunroot = "%s"\n' "$scratch/storage" "$scratch/run" \
        >"$CONTAINERS_STORAGE_CONF"
    start_registry
    push app/a:1=random:20000 app/b:1=random:20000
    make_base "$scratch/base" && tar -C "$scratch/base" -c . | podman import -q - localhost/base >/dev/null
    for image in precache recovery; do
        podman build -q -f "$agent/$image/Dockerfile" -t "localhost/$image" --build-arg BASE_IMAGE=localhost/base \
            "$agent" >/dev/null 2>"$scratch/build.log" || { cat "$scratch/build.log" >&2; return 1; }
    done
}

teardown_file() {
    [[ ! -f ${scratch:-}/registry.pid ]] || stop_registry
    umount -l "${scratch:-/nowhere}/storage/overlay" 2>/dev/null || true
}

# make_base DIR: bash, coreutils, awk and curl with their libraries.
make_base() {
    local program file
    mkdir -p "$1"/{tmp,etc,usr/{bin,lib,lib64}} && chmod 1777 "$1/tmp"
    ln -s usr/bin "$1/bin" && ln -s usr/lib "$1/lib" && ln -s usr/lib64 "$1/lib64"
    for program in bash curl awk cat chmod chroot cp date df dirname env head ln mkdir mknod mktemp mv rm sleep tail; do
        cp -L "$(type -P "$program")" "$1/usr/bin/$program"
    done
    ldd "$1"/usr/bin/* 2>/dev/null | grep -oE '/[^ :]+' | grep -v "^$1" | sort -u | while read -r file; do
        mkdir -p "$1${file%/*}" && cp -Ln "$file" "$1$file"
    done
}

setup() {
    need_root
    need podman docker-registry jq python3 curl ldd
    work=$BATS_TEST_TMPDIR node=$BATS_TEST_TMPDIR/node
    : >"$work/termination"
    mkdir "$work/config" "$work/empty"
    job_options=()
    find_runtime || skip "no container runtime of this machine starts a privileged container: $output"
}

# find_runtime: the options with which podman runs containers here; crun refuses some cgroup set-ups that runc takes.
find_runtime() {
    for options in '' '--runtime=runc --cgroup-manager=cgroupfs'; do
        # shellcheck disable=SC2086 # words
        run podman $options run --rm --privileged --network=host --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 \
            localhost/precache /bin/bash -c true
        ((status != 0)) || return 0
    done
    return 1
}

# job IMAGE MOUNT... -- ARGUMENT...: runs an image as the Job would.
job() {
    local image=$1 mounts=()
    shift
    while [[ $1 != -- ]]; do
        mounts+=(--volume "$1")
        shift
    done
    # shellcheck disable=SC2086 # words
    run podman $options run --rm --privileged --network=host --ulimit=nofile=1024:1024 --ulimit=nproc=4096:4096 \
        --volume "$work/empty:/host:dev,exec,suid" --volume "$work/termination:/dev/termination-log" "${mounts[@]}" \
        --env NODE_NAME=sno1 --env config_volume_path=/tmp/precache/config --env CONFIGZ_RETRY_DELAY=0 \
        --env PULL_RETRIES=1 "${job_options[@]}" "localhost/$image" "${@:2}"
}

# of_machine DIR...: the machine's programs in the place of the node's, read-only. /lib is where Debian's loader is.
of_machine() {
    local dir
    for dir in "$@"; do [[ ! -d $dir ]] || printf '%s:/host%s:ro\n' "$dir" "$dir"; done
    printf '/usr/lib:/host/lib:ro\n'
}

@test "the pre-cache image does the Job's work with the Job's mounts" {
    make_node "$node"
    touch "$work/config/"{platform.image,operators.{indexes,packagesAndChannels},excludePrecachePatterns,spaceRequired}
    printf '127.0.0.1:%s/app/a:1\n127.0.0.1:%s/app/b:1' "$port" "$port" >"$work/config/additionalImages"
    : >"$node/etc/resolv.conf"
    mapfile -t programs < <(of_machine /lib64 /usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/share/containers \
        /etc/alternatives)
    job precache "$work/config:/etc/config:ro" "${programs[@]}" "$node/etc/containers:/host/etc/containers:ro" \
        "$node/etc/resolv.conf:/host/etc/resolv.conf:ro" /proc:/host/proc:ro /sys/fs/cgroup:/host/sys/fs/cgroup:ro \
        "$node/var/lib/kubelet:/host/var/lib/kubelet:ro" "$node/run:/host/run" "$node/tmp:/host/tmp" \
        "$node/var/tmp:/host/var/tmp" "$node/var/lib/containers:/host/var/lib/containers" \
        -- /bin/bash -c /opt/precache/precache.sh
    ended 0
    has "Image pre-caching complete for additional-images"
    equal 'succeeded 2/2' "$(jq -r '"\(.outcome) \(.imagesDone)/\(.imagesTotal)"' "$work/termination")"
}

@test "a pre-cache container that is stopped says so" {
    make_node "$node"
    touch "$work/config/"{platform.image,operators.{indexes,packagesAndChannels},excludePrecachePatterns,spaceRequired}
    printf '127.0.0.1:%s/absent:1' "$port" >"$work/config/additionalImages"
    mapfile -t programs < <(of_machine /lib64 /usr/bin /usr/lib /usr/lib64 /usr/share/containers /etc/alternatives)
    job_options=(--name stopped --detach --env PULL_RETRY_DELAY=600 --env PULL_RETRY_DELAY_MAX=600)
    job precache "$work/config:/etc/config:ro" "${programs[@]}" "$node/etc/containers:/host/etc/containers" \
        /proc:/host/proc:ro "$node/var/lib/kubelet:/host/var/lib/kubelet:ro" "$node/run:/host/run" \
        "$node/tmp:/host/tmp" "$node/var/tmp:/host/var/tmp" "$node/var/lib/containers:/host/var/lib/containers" \
        -- /bin/bash -c /opt/precache/precache.sh
    ended 0
    logged() { podman logs stopped 2>&1 | grep -q "$1"; }
    await 60 "the pull waits for its retry" logged "Retrying after 600 seconds"
    podman stop --time 30 stopped >/dev/null
    await 60 "the last report is written" test -s "$work/termination"
    equal 'interrupted 143' "$(jq -r '"\(.outcome) \(.exitCode)"' "$work/termination")"
}

@test "the recovery image takes a backup with the Job's arguments and mounts" {
    fabricate_node
    # The stubs are the node's programs here: what the Job mounts has them in a place that PATH names.
    cp "$node"/stubs/* "$node/usr/local/bin/"
    sed -i 's|/stubs/|/var/recovery-calls/|g' "$node"/usr/local/bin/*
    mkdir "$node/var/recovery-calls"
    # The Job does not mount /opt.
    echo '{"spec":{"config":{"storage":{"files":[{"path":"/var/lib/extra"}]}}}}' \
        >"$node/etc/machine-config-daemon/currentconfig"
    echo extra >"$node/var/lib/extra"
    mapfile -t programs < <(of_machine /usr/bin /usr/lib /usr/lib64 /usr/libexec /usr/share/containers)
    job recovery "${programs[@]}" "$node/boot:/host/boot:ro" /proc:/host/proc:ro "$node/usr/local:/host/usr/local:ro" \
        /sys/fs/cgroup:/host/sys/fs/cgroup:ro "$node/etc:/host/etc" "$node/run:/host/run" \
        "$node/sysroot:/host/sysroot:ro" "$node/tmp:/host/tmp" "$node/var/lib:/host/var/lib" \
        "$node/var/recovery:/host/var/recovery" "$node/var/tmp:/host/var/tmp" \
        "$node/var/recovery-calls:/host/var/recovery-calls" -- launchBackup
    ended 0
    has "backup has successfully finished ..."
    equal 'succeeded 0' "$(jq -r '"\(.outcome) \(.exitCode)"' "$work/termination")"
    test -f "$node/var/recovery/manifest.seal"
    test -f "$node/sysroot/written"
    test -x "$node/var/recovery/upgrade-recovery.sh"
}
