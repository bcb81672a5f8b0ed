#!/usr/bin/env bats
# The Job of accelerated ZTP against a real API server: the test server that lies in shared/tools/hubapi beside the
# checkout. Nothing is replaced; only the pauses are short.
# shellcheck disable=SC1090,SC1091,SC2016,SC2030,SC2031,SC2154 # hostile inputs are meant literally; some variables are set by bats and support.bash

load support

hubapi() { printf '%s/../../../shared/tools/hubapi/hubapi' "$agent"; }

setup_file() {
    local port command
    [[ -x $(hubapi) ]] || return 0
    for command in jq curl python3; do command -v "$command" >/dev/null || return 0; done
    port=$(free_port)
    mkdir "$BATS_FILE_TMPDIR/hub" "$BATS_FILE_TMPDIR/sa"
    "$(hubapi)" --data "$BATS_FILE_TMPDIR/hub" --port "$port" >"$BATS_FILE_TMPDIR/hub.log" 2>&1 3>&- &
    echo $! >"$BATS_FILE_TMPDIR/hub.pid"
    KUBERNETES_API=https://127.0.0.1:$port SERVICE_ACCOUNT_DIR=$BATS_FILE_TMPDIR/sa
    export KUBERNETES_API SERVICE_ACCOUNT_DIR
    await 60 "the API server serves" test -s "$BATS_FILE_TMPDIR/hub/kubeconfig"
    printf admin-token >"$SERVICE_ACCOUNT_DIR/token"
    printf ztp-profile >"$SERVICE_ACCOUNT_DIR/namespace"
    cp "$BATS_FILE_TMPDIR/hub/pki/apiserver.crt" "$SERVICE_ACCOUNT_DIR/ca.crt"
    install_crd config.openshift.io v1 ClusterVersion clusterversions Cluster
    install_crd config.openshift.io v1 ClusterOperator clusteroperators Cluster
    install_crd tuned.openshift.io v1 Tuned tuneds Namespaced
    post /apis/config.openshift.io/v1/clusterversions \
        '{"apiVersion":"config.openshift.io/v1","kind":"ClusterVersion","metadata":{"name":"version"}}'
    post /apis/config.openshift.io/v1/clusteroperators '{"apiVersion":"config.openshift.io/v1","kind":"ClusterOperator",
        "metadata":{"name":"operator-lifecycle-manager-packageserver"}}'
    post /api/v1/namespaces '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"ztp-profile"}}'
    post /apis/batch/v1/namespaces/ztp-profile/jobs '{"apiVersion":"batch/v1","kind":"Job",
        "metadata":{"name":"ztp-profile-install-accelerator"},"spec":{}}'
}

teardown_file() {
    [[ ! -f $BATS_FILE_TMPDIR/hub.pid ]] || kill "$(<"$BATS_FILE_TMPDIR/hub.pid")"
}

setup() {
    [[ -x $(hubapi) ]] || skip "needs a real API server in ../shared/tools/hubapi beside the checkout, and there is none"
    need jq curl python3
    python3 -c 'import yaml' 2>/dev/null || skip "python3 has no yaml module; apt-get could not install python3-yaml"
    source "$agent/common/report.sh"
    work=$BATS_TEST_TMPDIR
    mkdir "$work/opt"
    cp "$agent"/aztp/identity.py "$agent/common/report.sh" "$work/opt/"
    export AGENT_DIR=$work/opt TERMINATION_LOG=$work/termination POLL_INTERVAL=0.2
    export CONFIGMAP_NAME=test-$BATS_TEST_NUMBER CONFIGMAP_NAMESPACE=ztp-profile END_CONDITION_EXTENSION_TIME=''
    : >"$TERMINATION_LOG"
    progressing True
    package_server True
}

teardown() {
    [[ -z ${pid:-} ]] || kill "$pid" 2>/dev/null || true
}

request() { kube_curl --fail --request "$1" --header "Content-Type: $2" --output /dev/null --data-binary "$4" "$KUBERNETES_API$3"; }
post() { source "$agent/common/report.sh"; request POST application/json "$1" "$2"; }
there() { kube_curl --fail --output /dev/null "$KUBERNETES_API$1" 2>/dev/null; }

# install_crd GROUP VERSION KIND PLURAL SCOPE: and waits until it is served.
install_crd() {
    post /apis/apiextensions.k8s.io/v1/customresourcedefinitions "$(jq -n --arg group "$1" --arg version "$2" \
        --arg kind "$3" --arg plural "$4" --arg scope "$5" '{apiVersion: "apiextensions.k8s.io/v1",
        kind: "CustomResourceDefinition", metadata: {name: "\($plural).\($group)"}, spec: {group: $group, scope: $scope,
        names: {kind: $kind, plural: $plural, singular: ($kind | ascii_downcase), listKind: "\($kind)List"},
        versions: [{name: $version, served: true, storage: true, subresources: {status: {}},
            schema: {openAPIV3Schema: {type: "object", "x-kubernetes-preserve-unknown-fields": true}}}]}}')"
    await 30 "the API serves $4" there "/apis/$1/$2/$4"
}

# condition_of PATH TYPE STATUS
condition_of() {
    request PATCH application/merge-patch+json "$1/status" \
        '{"status":{"conditions":[{"type":"'"$2"'","status":"'"$3"'"}]}}'
}
progressing() { condition_of /apis/config.openshift.io/v1/clusterversions/version Progressing "$1"; }
package_server() {
    condition_of /apis/config.openshift.io/v1/clusteroperators/operator-lifecycle-manager-packageserver Available "$1"
}

# configmap KEY=FILE...: the ConfigMap of this test.
configmap() {
    local data='{}' entry
    for entry in "$@"; do
        data=$(jq --arg key "${entry%%=*}" --rawfile text "${entry#*=}" '.[$key] = $text' <<<"$data")
    done
    post "/api/v1/namespaces/ztp-profile/configmaps" "$(jq -n --arg name "$CONFIGMAP_NAME" --argjson data "$data" \
        '{apiVersion: "v1", kind: "ConfigMap", metadata: {name: $name, namespace: "ztp-profile"}, data: $data}')"
}

# service NAME: a core-group object with a spec, as YAML.
service() {
    cat <<YAML
apiVersion: v1
kind: Service
metadata:
  name: $1
  namespace: ztp-profile
spec:
  ports: [{port: 80}]
YAML
}

# begin ARGUMENT...: in the background.
begin() {
    "$agent/aztp/aztp" "$@" >"$work/log" 2>&1 3>&- &
    pid=$!
}
# ends STATUS: what was begun ends with it, soon.
ends() {
    local found=0
    await 60 "the run ends" not_running "$pid" || { cat "$work/log"; return 1; }
    wait "$pid" || found=$?
    [[ $found == "$1" ]] || { printf 'expected exit %s, found %s:\n' "$1" "$found"; cat "$work/log"; return 1; }
}
told() { grep -q -e "$1" "$work/log"; }

@test "core-group, namespaced and cluster-scoped objects are created, one that exists stays as it is, and the outcome is told" {
    service web-1 >"$work/service.yaml"
    printf 'apiVersion: tuned.openshift.io/v1\nkind: Tuned\nmetadata: {name: performance, namespace: ztp-profile}\nspec: {profile: "on", mode: 0644}\n' >"$work/tuned.yaml"
    printf 'apiVersion: v1\nkind: Namespace\nmetadata:\n  name: made-1\nspec: {}\n' >"$work/namespace.yaml"
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: there-1, namespace: ztp-profile}\nspec: {type: LoadBalancer}\n' >"$work/there.yaml"
    post /api/v1/namespaces/ztp-profile/services \
        '{"apiVersion":"v1","kind":"Service","metadata":{"name":"there-1"},"spec":{"type":"ExternalName"}}'
    configmap a.yaml="$work/service.yaml" b.yaml="$work/tuned.yaml" c.yaml="$work/namespace.yaml" d.yaml="$work/there.yaml"

    run "$agent/aztp/aztp"

    ended 0
    there /api/v1/namespaces/ztp-profile/services/web-1
    there /api/v1/namespaces/made-1
    equal '"on"' "$(kube_curl "$KUBERNETES_API/apis/tuned.openshift.io/v1/namespaces/ztp-profile/tuneds/performance" | jq .spec.profile)"
    equal ExternalName "$(kube_curl "$KUBERNETES_API/api/v1/namespaces/ztp-profile/services/there-1" | jq -r .spec.type)"
    has "Service ztp-profile/there-1: is there already"
    equal '["succeeded",0,4,4]' "$(jq -c '[.outcome, .exitCode, .objectsDone, .objectsTotal]' "$TERMINATION_LOG")"
    equal succeeded "$(kube_curl "$KUBERNETES_API/apis/batch/v1/namespaces/ztp-profile/jobs/ztp-profile-install-accelerator" |
        jq -r '.metadata.annotations["echelon.dev/progress"] | fromjson.outcome')"
    has_not admin-token
}

@test "it waits for the installation to progress and for the package server, and for the ConfigMap" {
    progressing ''
    package_server False
    begin
    await 30 "it waits" told 'progressing=\\"\\", package server available=\\"False\\"'
    progressing True
    await 30 "it waits for the package server" told 'progressing=\\"True\\", package server available=\\"False\\"'
    package_server True
    await 30 "it waits for the ConfigMap" told "waiting for ConfigMap ztp-profile/$CONFIGMAP_NAME"
    service web-2 >"$work/service.yaml"
    configmap a.yaml="$work/service.yaml"
    ends 0
    there /api/v1/namespaces/ztp-profile/services/web-2
}

@test "an installation that is over is none to wait for, unless -override says so" {
    progressing False
    service web-3 >"$work/service.yaml"
    configmap a.yaml="$work/service.yaml"

    run "$agent/aztp/aztp"
    ended 1
    has "the installation is over"
    there /api/v1/namespaces/ztp-profile/services/web-3 && return 1

    POLL_INTERVAL=5 run "$agent/aztp/aztp" -override
    ended 0
    there /api/v1/namespaces/ztp-profile/services/web-3
}

@test "an unknown kind is tried again until the cluster has it, and holds up no other object" {
    service web-4 >"$work/service.yaml"
    printf 'apiVersion: late.example.com/v1\nkind: Late\nmetadata: {name: late, namespace: ztp-profile}\nspec: {}\n' >"$work/late.yaml"
    configmap a.yaml="$work/late.yaml" b.yaml="$work/service.yaml"
    begin
    await 30 "the unknown kind is told" told "Late ztp-profile/late: the cluster does not have the kind yet"
    await 30 "the other is created" there /api/v1/namespaces/ztp-profile/services/web-4
    install_crd late.example.com v1 Late lates Namespaced
    ends 0
    there /apis/late.example.com/v1/namespaces/ztp-profile/lates/late
}

@test "when the installation ends first, the extension is waited for, and the run fails" {
    printf 'apiVersion: never.example.com/v1\nkind: Never\nmetadata: {name: x}\nspec: {}\n' >"$work/never.yaml"
    configmap a.yaml="$work/never.yaml"
    export END_CONDITION_EXTENSION_TIME=300ms
    begin
    await 30 "it tries" told "does not have the kind yet"
    progressing False
    ends 1
    told "going on for 0.3 more seconds"
    equal '["failed","0 of 1 objects were done when the installation was over"]' \
        "$(jq -c '[.outcome, .message]' "$TERMINATION_LOG")"
}

@test "what is done within the extension counts" {
    printf 'apiVersion: inthelast.example.com/v1\nkind: Last\nmetadata: {name: x}\nspec: {}\n' >"$work/last.yaml"
    configmap a.yaml="$work/last.yaml"
    export END_CONDITION_EXTENSION_TIME=10s
    begin
    await 30 "it tries" told "does not have the kind yet"
    progressing False
    await 30 "the extension" told "going on for 10 more seconds"
    install_crd inthelast.example.com v1 Last lasts Cluster
    ends 0
}

@test "twenty failed reads in a row end it, and a good one in between begins anew" {
    printf 'apiVersion: never.example.com/v1\nkind: Never\nmetadata: {name: x}\nspec: {}\n' >"$work/never.yaml"
    configmap a.yaml="$work/never.yaml"
    local hub=$KUBERNETES_API
    start_api "$work/api"
    kube_curl "$hub/api/v1/namespaces/ztp-profile/configmaps/$CONFIGMAP_NAME" >"$work/api/$CONFIGMAP_NAME"
    export POLL_INTERVAL=0.1
    begin -override
    await 30 "reads fail" reads_at_least 5
    echo '{"status": {"conditions": [{"type": "Progressing", "status": "True"}]}}' >"$work/api/version.new"
    mv "$work/api/version.new" "$work/api/version"
    local good
    good=$(($(reads) + 2))
    await 30 "reads succeed" reads_at_least "$good"
    good=$(reads)
    rm "$work/api/version"
    ends 1
    told "could not be read 20 times in a row"
    (($(reads) >= good + 20))
    stop_api
}

# reads: how often ClusterVersion was read.
reads() { jq -r .path "$work/api/requests" 2>/dev/null | grep -c clusterversions/version || true; }
reads_at_least() { (($(reads) >= $1)); }

@test "a key that is no object is fatal, and nothing is applied" {
    service web-8 >"$work/service.yaml"
    local bad number=0
    for bad in '[1, 2]' 'a: b: c' 'kind: Service' $'apiVersion: v1\nkind: Service\nmetadata: x' '' \
        '!!python/object/apply:os.system ["touch '"$work"'/owned"]'; do
        printf '%s' "$bad" >"$work/bad"
        number=$((number + 1))
        CONFIGMAP_NAME=bad-$number configmap a.yaml="$work/service.yaml" b.yaml="$work/bad"
        CONFIGMAP_NAME=bad-$number run "$agent/aztp/aztp"
        ended 1
        has "b.yaml of the ConfigMap is no object"
    done
    there /api/v1/namespaces/ztp-profile/services/web-8 && return 1
    test ! -e "$work/owned"
}

@test "hostile names reach no other path and no shell" {
    printf 'apiVersion: ../../api/v1\nkind: "$(touch %s/owned)"\nmetadata: {name: "a;b", namespace: "../x"}\nspec: {}\n' "$work" >"$work/a.yaml"
    printf 'apiVersion: v1\nkind: Service\nmetadata: {name: x, namespace: "ztp-profile/../../namespaces"}\nspec: {}\n' >"$work/b.yaml"
    configmap a.yaml="$work/a.yaml" b.yaml="$work/b.yaml"
    begin
    await 30 "both are refused" eval '(($(grep -c "does not have the kind yet" "$work/log") >= 2))'
    progressing False
    ends 1
    test ! -e "$work/owned"
}

@test "a signal ends it within the grace period and leaves no process" {
    printf 'apiVersion: never.example.com/v1\nkind: Never\nmetadata: {name: x}\nspec: {}\n' >"$work/never.yaml"
    configmap a.yaml="$work/never.yaml"
    export POLL_INTERVAL=77
    begin -override
    await 30 "it tries" told "does not have the kind yet"
    kill -TERM "$pid"
    local begun=$SECONDS
    ends 143
    ((SECONDS - begun <= 3))
    equal interrupted "$(jq -r .outcome "$TERMINATION_LOG")"
    await 5 "the pauses end" eval '! pgrep -f "^sleep 77$" >/dev/null'
}

@test "a ConfigMap without objects is done at once" {
    configmap
    run "$agent/aztp/aztp"
    ended 0
}

@test "durations are read as Go writes them; what is none is no time" {
    source <(sed -n '/^duration()/,/^}/p' "$agent/aztp/aztp")
    while read -r text seconds; do
        equal "$seconds" "$(duration "$text")"
    done <<'TABLE'
60s 60
1m30s 90
1h 3600
1.5m 90
500ms 0.5
0 0
-5s 0
60 0
soon 0
5s5 0
TABLE
    equal 0 "$(duration '')"
}
