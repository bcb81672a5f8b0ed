# support.bash: what the test files share. Nothing here, and no script under test, ever works on the machine's own root:
# each test has a scratch directory, and what chroots does so into a tree below it, in a mount namespace of its own.
# shellcheck shell=bash disable=SC2016,SC2154 # variables of the test that loads this

agent=$(cd -- "${BASH_SOURCE[0]%/*}/.." && pwd)

# need COMMAND...: skips the test file's tests, with the reason, where a command is not there (test/run installs them).
need() {
    local command
    for command in "$@"; do
        command -v "$command" >/dev/null || skip "$command is not installed, and apt-get could not install it"
    done
}

# can COMMAND...: for setup_file, which cannot skip: whether to prepare anything at all. Each test then says what it needs.
can() {
    local command
    ((EUID == 0)) || return 1
    for command in "$@"; do command -v "$command" >/dev/null || return 1; done
}

need_root() { ((EUID == 0)) || skip "needs root (chroot, mounts, container storage)"; }

# install_agent DIR: the files as the image has them.
install_agent() {
    mkdir -p "$1"
    cp "$agent"/precache/*.sh "$agent"/precache/*.jq "$agent"/common/report.sh "$1/"
}

# stub NAME <<SCRIPT: a program ahead on PATH. What it is called with goes to $calls.
stub() {
    { printf '#!/bin/bash\nprintf "%%s\\n" "%s $*" >>"%s"\n' "$1" "$calls"; cat; } >"$stubs/$1"
    chmod +x "$stubs/$1"
}

# await SECONDS WHAT COMMAND...: until the command succeeds; fails with WHAT.
await() {
    local deadline=$((SECONDS + $1)) what=$2
    shift 2
    until "$@"; do
        ((SECONDS < deadline)) || { echo "waited in vain: $what" >&2; return 1; }
        read -r -t 0.05 <> <(:) || true
    done
}

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# has LINE-PART: the output of the last `run` has a line with it. Prints the output when not.
has() { [[ $output == *"$1"* ]] || { printf 'expected "%s" in:\n%s\n' "$1" "$output" >&2; return 1; }; }
has_not() { [[ $output != *"$1"* ]] || { printf 'unexpected "%s" in:\n%s\n' "$1" "$output" >&2; return 1; }; }
# lacks PATTERN FILE. ("! grep" as a line of a test never fails it.)
lacks() {
    if grep -e "$1" "$2"; then
        echo "unexpected in $2" >&2
        return 1
    fi
}
equal() { [[ $1 == "$2" ]] || { printf 'expected: %s\nfound:    %s\n' "$1" "$2" >&2; return 1; }; }

# --- a registry on loopback and a node's container storage -----------------------------------------------------------

# start_registry: serves $scratch/registry on 127.0.0.1:$port; its process id is in $scratch/registry.pid.
start_registry() {
    cat >"$scratch/registry.yml" <<YAML
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: $scratch/registry}}
http: {addr: "127.0.0.1:$port"}
YAML
    docker-registry serve "$scratch/registry.yml" >>"$scratch/registry.log" 2>&1 3>&- &
    echo $! >"$scratch/registry.pid"
    await 20 "the registry listens on $port" curl -sf "http://127.0.0.1:$port/v2/" -o /dev/null
}

stop_registry() {
    local pid
    pid=$(<"$scratch/registry.pid")
    kill "$pid" && await 10 "the registry ends" not_running "$pid"
}

not_running() { ! kill -0 "$1" 2>/dev/null || [[ $(ps -o stat= -p "$1") == Z* ]]; }

# container_settings DIR: an /etc/containers that takes images from the loopback registry without TLS.
container_settings() {
    mkdir -p "$1"
    printf '[[registry]]\nlocation = "127.0.0.1:%s"\ninsecure = true\n' "$port" >"$1/registries.conf"
    printf '{"default":[{"type":"insecureAcceptAnything"}]}' >"$1/policy.json"
    printf '%s\n' '[storage]' 'driver = "overlay"' 'graphroot = "/var/lib/containers/storage"' \
        'runroot = "/run/containers/storage"' >"$1/storage.conf"
}

# push NAME=DIR|NAME=random:BYTES...: images in the registry.
push() { "$agent/test/push-image" "127.0.0.1:$port" "$@"; }

# make_node DIR: the directories that the Job mounts from the node (contract A2), with storage of its own.
make_node() {
    mkdir -p "$1"/{etc/alternatives,lib64,proc,usr/{bin,lib,lib64,libexec,share/containers},sys/fs/cgroup,run,tmp,var/tmp}
    mkdir -p "$1"/var/lib/{kubelet,containers}
    ln -s usr/lib "$1/lib" # Debian's loader is there; a node's is in lib64
    container_settings "$1/etc/containers"
    echo '{"auths":{}}' >"$1/var/lib/kubelet/config.json"
}

# on_node NODE COMMAND...: see there.
on_node() { "$agent/test/on-node" "$@"; }

# node_podman NODE ARGUMENT...: the node's podman, in the node.
node_podman() {
    local node=$1
    shift
    on_node "$node" bash -c 'ln -sfn usr/bin "$0/bin" && exec chroot "$0" podman "$@"' "$node" "$@"
}

# ended N: the last `run` ended with status N. Prints its output when not.
ended() {
    ((status == $1)) || {
        printf 'expected exit %s, found %s; output:\n%s\n' "$1" "$status" "$output" >&2
        return 1
    }
}

# start_api DIR: the API stub; KUBERNETES_API points to it. stop_api ends it.
start_api() {
    mkdir -p "$1"
    "$agent/test/api-stub" "$1" 3>&- &
    api_pid=$!
    await 20 "the API stub listens" test -f "$1/port"
    KUBERNETES_API=http://127.0.0.1:$(<"$1/port")
    export KUBERNETES_API
}
stop_api() { [[ -z ${api_pid:-} ]] || { kill "$api_pid"; wait "$api_pid"; } 2>/dev/null || true; }
