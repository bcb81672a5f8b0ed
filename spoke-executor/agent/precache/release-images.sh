#!/bin/bash
# release-images.sh: writes the images of the release payload to the list of images (contract A7). Runs in the chroot.
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=common.sh
source "$here/common.sh"

# Every tag as "<name>$<pull spec>" with the quotes: the text that exclude patterns are matched against. A tag without
# a pull spec, no tags, an empty file or anything that is not an ImageStream is an error: nothing may pass as "no images".
readonly TAGS='
    (input.spec.tags | if type == "array" and length > 0 then . else error("there are no .spec.tags") end)[]
    | if (.name | type) == "string" and (.from.name | type) == "string" then . else error("a tag lacks .from.name") end
    | "\"\(.name)$\(.from.name)\""
    | if test("[[:cntrl:]]") then error("a tag has a control character") else . end'

# exclude PATTERNS_FILE: drops the lines that match one of the basic regular expressions.
exclude() {
    local -a lines patterns=()
    local line
    read_lines "$1"
    for line in "${lines[@]}"; do
        grep -e "$line" <<<'' >/dev/null
        if (($? > 1)); then
            log ERROR "the exclude pattern \"$line\" is not a basic regular expression"
            return 1
        fi
        patterns+=("$line")
    done
    ((${#patterns[@]} > 0)) || {
        cat
        return
    }
    printf '%s\n' "${patterns[@]}" >"$STATE_DIR/patterns"
    # Status 1 means that nothing is left, which a pattern such as "." may well ask for.
    grep -v -f "$STATE_DIR/patterns" || (($? == 1))
}

read_lines "$CONFIG_VOLUME_PATH/platform.image"
((${#lines[@]} > 0)) || {
    log DEBUG "Release index is not specified. Release images will not be pre-cached"
    exit 0
}
release=${lines[0]}
report_phase release-images

id=$(pull_with_retry "$release") || exit 1
mount=$("$container_tool" image mount "$id") || {
    log ERROR "the release image $release could not be mounted"
    exit 1
}
log DEBUG "$release image ID is $id"
log DEBUG "Image mount: $mount"

status=0
references=$mount/release-manifests/image-references
if ! tags=$(jq -n -r "$TAGS" "$references" 2>"$STATE_DIR/jq-error"); then
    log ERROR "the release image $release has no usable release-manifests/image-references:\
 $(tail -n 1 "$STATE_DIR/jq-error")"
    status=1
elif ! kept=$(exclude "$CONFIG_VOLUME_PATH/excludePrecachePatterns" <<<"$tags"); then
    status=1
else
    # The text before the first $ is the tag's name; what is left is the pull spec and its closing quote.
    while IFS= read -r line; do
        [[ -z $line ]] || printf '"%s\n' "${line#*$}"
    done <<<"$kept" >>"$pull_spec_file" || status=1
fi

"$container_tool" image unmount "$id" >/dev/null || {
    log ERROR "the release image $release could not be unmounted"
    status=1
}
((status == 0)) && log DEBUG "Release index image processing done"
exit "$status"
