#!/bin/bash
# operator-images.sh: writes the images of the wanted operators to the list of images (contract A8). Runs in the chroot.
here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source=common.sh
source "$here/common.sh"

# find_opm MOUNT: the catalogue's own opm. /bin/opm is often a link; an absolute one is meant within the image. What
# leads out of the image is refused: the program runs as root on the node.
find_opm() {
    local root path=$1/bin/opm target hop
    root=$(realpath -e -- "$1") || return 1
    for ((hop = 0; hop < 5; hop++)); do
        [[ -L $path ]] || break
        target=$(readlink -- "$path")
        case $target in
            /*) path=$1$target ;;
            *) path=$(dirname -- "$path")/$target ;;
        esac
    done
    path=$(realpath -e -- "$path") && [[ $path == "$root"/* && -f $path && -x $path ]] && printf '%s' "$path"
}

# render MOUNT: the catalogue as a stream of JSON objects into the file rendered_index_path.
render() {
    local opm source
    opm=$(find_opm "$1" 2>/dev/null) || {
        log ERROR "there is no program /bin/opm in the index image"
        return 1
    }
    if [[ -d $1/configs ]]; then
        log DEBUG "Rendering file based catalog"
        source=$1/configs
    else
        log DEBUG "Rendering SQLite catalog"
        source=$1/database/index.db
    fi
    "$opm" render "$source" >"$rendered_index_path" 2>"$STATE_DIR/opm-error" || {
        log ERROR "opm render $source failed: $(tail -n 1 "$STATE_DIR/opm-error")"
        return 1
    }
}

# select_images: from the rendered catalogue to the list of images.
select_images() {
    local line record count
    jq -n -r --rawfile records "$CONFIG_VOLUME_PATH/operators.packagesAndChannels" -f "$here/select-images.jq" \
        "$rendered_index_path" >"$STATE_DIR/selection" 2>"$STATE_DIR/jq-error" || {
        log ERROR "the rendered catalogue cannot be used: $(tail -n 1 "$STATE_DIR/jq-error")"
        return 1
    }
    while IFS= read -r line; do
        case $line in
            'L '*) printf '%s\n' "${line#L }" ;;
            'N '*)
                record=${line#N } count=${absent[${line#N }]:-0}
                absent[$record]=$((count + 1))
                log DEBUG "Package and channel $record not found in index $index"
                ;;
            'I '*) printf '%s\n' "${line#I }" >>"$pull_spec_file" ;;
        esac
    done <"$STATE_DIR/selection"
}

# process_index INDEX PACKAGES: the steps for one index.
process_index() {
    local id mount status=0
    id=$(pull_with_retry "$1") || {
        log DEBUG "pull_index failed for index $1"
        return 1
    }
    log DEBUG "$1 image ID is $id"
    mount=$("$container_tool" image mount "$id") || {
        log DEBUG "mount_index failed for index $1"
        log ERROR "the index image $1 could not be mounted"
        return 1
    }
    log DEBUG "Image mount: $mount"
    if ! render "$mount"; then
        log DEBUG "render_index failed: OLM index render failed for index $1, package(s) $2"
        status=1
    elif ! select_images; then
        log DEBUG "extract_pull_spec failed"
        status=1
    fi
    "$container_tool" image unmount "$id" >/dev/null 2>&1
    rm -f -- "$rendered_index_path"
    return "$status"
}

read_lines "$CONFIG_VOLUME_PATH/operators.indexes"
((${#lines[@]} > 0)) || {
    log DEBUG "Operators index is not specified. Operators won't be pre-cached"
    exit 0
}
report_phase operator-images
mapfile -t indexes <<<"$(printf '%s\n' "${lines[@]}" | sort -u)"

read_lines "$CONFIG_VOLUME_PATH/operators.packagesAndChannels"
packages=$(printf '%s\n' "${lines[@]}" | awk -F: '
    { gsub(/^[ \t]+|[ \t]+$/, "", $1); gsub(/^[ \t]+|[ \t]+$/, "", $2) }
    NF == 2 && $1 != "" && $2 != "" && !seen[$1]++ { list = list separator $1; separator = "," }
    END { print list }')
[[ -n $packages ]] || {
    log DEBUG "operators index is set, but no packages provided - inconsistent configuration"
    log ERROR "operators.indexes is set, but operators.packagesAndChannels has no package:channel"
    exit 1
}

declare -A absent=()
for index in "${indexes[@]}"; do
    process_index "$index" "$packages" || exit 1
done
for record in "${!absent[@]}"; do
    # Not absent[$record] within (( )): the key would be evaluated there, and it comes from a ConfigMap.
    count=${absent[$record]}
    ((count < ${#indexes[@]})) || log INFO \
        "Package and channel $record found in none of the indexes; nothing of it is pre-cached"
done
exit 0
