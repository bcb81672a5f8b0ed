# report.sh: tells the cluster how the workload goes. Sourced by both workloads, in the container (not in the chroot).
#
# The same JSON object goes to two places: the annotation echelon.dev/progress of the workload's own Job, which the hub
# sees through the view of the Job that it has anyway, also while the workload runs; and, at the end, the container's
# termination message. Reporting is best effort: a workload never fails because a report could not be delivered.
# shellcheck shell=bash

: "${KUBERNETES_API:=https://kubernetes.default.svc}"
: "${SERVICE_ACCOUNT_DIR:=/var/run/secrets/kubernetes.io/serviceaccount}"
: "${TERMINATION_LOG:=/dev/termination-log}"

# json_string TEXT: TEXT as a JSON string, quotes included. Control characters become blanks.
json_string() {
    local text=${1//[[:cntrl:]]/ }
    text=${text//\\/\\\\}
    printf '"%s"' "${text//\"/\\\"}"
}

# kube_curl ARGUMENT...: curl as the pod's service account. The token goes through a pipe: an argument could be read in
# /proc by everybody on the node, and ends in logs.
kube_curl() {
    printf 'Authorization: Bearer %s\n' "$(<"$SERVICE_ACCOUNT_DIR/token")" |
        curl --silent --show-error --max-time 20 --cacert "$SERVICE_ACCOUNT_DIR/ca.crt" --header @- "$@"
}

# annotate_job NAME JSON: puts JSON into the Job's annotation. When that is refused it fails and prints why, on stdout.
annotate_job() {
    local namespace status body
    [[ -r $SERVICE_ACCOUNT_DIR/token && -r $SERVICE_ACCOUNT_DIR/namespace ]] || {
        printf 'no service account in %s' "$SERVICE_ACCOUNT_DIR"
        return 1
    }
    namespace=$(<"$SERVICE_ACCOUNT_DIR/namespace")
    body='{"metadata":{"annotations":{"echelon.dev/progress":'$(json_string "$2")'}}}'
    status=$(kube_curl --request PATCH --header 'Content-Type: application/merge-patch+json' --data-binary "$body" \
        --output /dev/null --write-out '%{http_code}' \
        "$KUBERNETES_API/apis/batch/v1/namespaces/$namespace/jobs/$1" 2>&1)
    [[ $status == 2?? ]] || {
        printf 'the API server answered "%s" to the annotation of Job %s/%s' "$status" "$namespace" "$1"
        return 1
    }
}

# write_termination_message JSON: where kubelet looks for it; at most 4096 bytes are kept by kubelet.
write_termination_message() {
    [[ -w $TERMINATION_LOG ]] || return 0
    printf '%s' "$1" >"$TERMINATION_LOG"
}
