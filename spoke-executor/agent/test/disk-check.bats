#!/usr/bin/env bats
# The space check (contract A6): numbers from a stub of df, the threshold from a stub of the cluster's API.
# shellcheck disable=SC2016,SC2154 # hostile inputs are meant literally; some variables are set by bats and support.bash

load support

setup() {
    need jq python3 curl
    work=$BATS_TEST_TMPDIR stubs=$BATS_TEST_TMPDIR/stubs calls=$BATS_TEST_TMPDIR/calls
    mkdir "$stubs" "$work/sa" "$work/state"
    install_agent "$work/opt"
    printf secret-token >"$work/sa/token"
    : >"$work/sa/ca.crt"
    export PATH=$stubs:$PATH SERVICE_ACCOUNT_DIR=$work/sa STATE_DIR=$work/state NODE_NAME=sno1 CONFIGZ_RETRY_DELAY=0
    export KUBERNETES_API=http://127.0.0.1:9
}

teardown() { stop_api; }

# disk SIZE_GIB USED_GIB
disk() { stub df <<<"echo '1K-blocks Used'; echo '$(($1 * 1048576)) $(($2 * 1048576))'"; }
configz() {
    mkdir -p "$work/api"
    printf '%s' "$1" >"$work/api/configz"
    printf '%s' "${2:-200}" >"$work/api/configz.status"
    start_api "$work/api"
}
check() { run "$work/opt/disk-check.sh" "$@"; }

@test "what is left below the mark of 85 percent is compared with the required GiB" {
    disk 100 45
    check 40
    ended 0
    has "highThresholdPercent: 85 diskSize: 104857600 used: 47185920"
    has "spaceRequired: 40 GiB"
    check 41
    ended 1
    has "[ERROR]: not enough space for precaching"
    has "40.0 GiB left below kubelet's image clean-up mark of 85 % (45.0 GiB of 100.0 GiB used), 41 GiB required"
}

@test "without a required amount only the mark counts" {
    disk 100 84
    check
    ended 0
    disk 100 85
    check 0
    ended 1
    check ''
    ended 1
}

@test "a spaceRequired that is no number is refused by its text and not evaluated" {
    disk 100 1
    check 'a[$(touch '"$work"'/pwned)]'
    ended 1
    has 'spaceRequired is "a[$(touch'
    [[ ! -e $work/pwned ]]
    check ' 08 '
    ended 0
    has "spaceRequired: 8 GiB"
}

@test "the threshold is kubelet's own" {
    disk 100 45
    configz '{"kubeletconfig":{"imageGCHighThresholdPercent":90,"imageGCLowThresholdPercent":80}}'
    check 45
    ended 0
    has "highThresholdPercent: 90"
    equal '/api/v1/nodes/sno1/proxy/configz Bearer secret-token' \
        "$(jq -r '"\(.path) \(.authorization)"' "$work/api/requests")"
}

@test "an answer that is no configuration gives 85 and is not asked again" {
    disk 100 1
    configz '{"kind":"Status","code":403}' 403
    check 1
    ended 0
    has "highThresholdPercent: 85"
    equal 1 "$(wc -l <"$work/api/requests")"
}

@test "a threshold of 0, 100 or nonsense gives 85" {
    disk 100 1
    configz '{"kubeletconfig":{"imageGCHighThresholdPercent":0}}'
    for value in 0 100 850 '"x"' -5 null 1e1; do
        printf '{"kubeletconfig":{"imageGCHighThresholdPercent":%s}}' "$value" >"$work/api/configz"
        check 1
        ended 0
        has "highThresholdPercent: 85"
    done
}

@test "a call that fails is tried three times" {
    disk 100 1
    stub curl <<<'cat >/dev/null; exit 7'
    check 1
    ended 0
    has "highThresholdPercent: 85"
    equal 3 "$(grep -c '^curl' "$calls")"
}

@test "the token is neither in the log nor in the arguments of a command" {
    disk 100 1
    stub curl <<<'cat >"$0.stdin"; exit 7'
    check 1
    has_not secret-token
    lacks secret-token "$calls"
    equal 'Authorization: Bearer secret-token' "$(<"$stubs/curl.stdin")"
}

@test "a NODE_NAME that is no name is not put into a URL" {
    disk 100 1
    stub curl <<<'exit 7'
    NODE_NAME='x/../../secrets' check 1
    ended 0
    has "NODE_NAME is not the name of a node"
    lacks '^curl' "$calls"
}
