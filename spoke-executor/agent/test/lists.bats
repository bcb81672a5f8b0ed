#!/usr/bin/env bats
# Which images belong to a release (contract A7) and to the wanted operators (A8). Text in, text out: the container tool
# is a stub that "mounts" a directory.
# shellcheck disable=SC2016,SC2154 # hostile inputs are meant literally; some variables are set by bats and support.bash

load support

setup() {
    need jq
    work=$BATS_TEST_TMPDIR stubs=$BATS_TEST_TMPDIR/stubs calls=$BATS_TEST_TMPDIR/calls mount=$BATS_TEST_TMPDIR/mount
    mkdir -p "$stubs" "$work/config" "$work/state" "$mount/release-manifests" "$mount/configs" "$mount/bin"
    install_agent "$work/opt"
    stub podman <<<'case $1$2 in pull*) echo 1d;; imagemount) echo "'"$mount"'";; esac'
    export PATH=$stubs:$PATH CONFIG_VOLUME_PATH=$work/config STATE_DIR=$work/state PULL_RETRY_DELAY=0
    export pull_spec_file=$work/images.txt rendered_index_path=$work/index.json
    printf 'r.io/release:4' >"$work/config/platform.image"
    stub opm <<<'cat "$2/all.json"'
    mv "$stubs/opm" "$mount/bin/opm"
}

tags() { jq -n '{spec: {tags: [$ARGS.positional[] | split("=") | {name: .[0], from: {name: .[1]}}]}}' --args "$@" \
    >"$mount/release-manifests/image-references"; }
release() { run "$work/opt/release-images.sh"; }
wanted() { printf '%s' "$1" >"$work/config/operators.packagesAndChannels"; }
catalogue() { cat >"$mount/configs/all.json"; }
operators() {
    [[ -e $work/config/operators.indexes ]] || printf 'r.io/index:1' >"$work/config/operators.indexes"
    run "$work/opt/operator-images.sh"
}
images() { [[ ! -e $work/images.txt ]] || tr '\n' ' ' <"$work/images.txt"; }

@test "the release's images come in the order of the file, in quotes, also without a file of exclude patterns" {
    tags b=r.io/b:1 a=r.io/a:1
    release
    ended 0
    equal '"r.io/b:1" "r.io/a:1" ' "$(images)"
    has "Release index image processing done"
    grep -q '^podman image unmount 1d$' "$calls"
}

@test "an exclude pattern is a basic regular expression over the name and the pull spec" {
    tags aws-ebs=r.io/x:1 plain=r.io/aws-y:1 keep=r.io/z:1 'plus+=r.io/plus:1'
    printf '  aws \n\n"plus+\$' >"$work/config/excludePrecachePatterns"
    release
    ended 0
    equal '"r.io/z:1" ' "$(images)"
}

@test "a pattern that begins with ^ meets the quote and matches nothing" {
    tags aws=r.io/x:1
    printf '^aws' >"$work/config/excludePrecachePatterns"
    release
    equal '"r.io/x:1" ' "$(images)"
}

@test "patterns may exclude everything" {
    tags a=r.io/a:1
    printf '.' >"$work/config/excludePrecachePatterns"
    release
    ended 0
    equal '' "$(images)"
}

@test "a pattern that is no regular expression is an error that names it" {
    tags a=r.io/a:1
    printf 'ok\n\\(' >"$work/config/excludePrecachePatterns"
    release
    ended 1
    has 'the exclude pattern "\(" is not a basic regular expression'
}

@test "no platform image is no error" {
    : >"$work/config/platform.image"
    release
    ended 0
    has "Release index is not specified. Release images will not be pre-cached"
    [[ ! -e $calls ]]
}

@test "a broken, empty or absent image-references is an error, never an empty list" {
    for content in '{"spec":' '' '{}' '[]' '{"spec":{"tags":[]}}' '{"spec":{"tags":[{"name":"a"}]}}' \
        '{"spec":{"tags":{"a":1}}}' '{"spec":{"tags":[{"name":"a","from":{"name":"x\nr.io/evil"}}]}}' 'not json'; do
        printf '%s' "$content" >"$mount/release-manifests/image-references"
        release
        ended 1
        has "the release image r.io/release:4 has no usable release-manifests/image-references"
    done
    rm "$mount/release-manifests/image-references"
    release
    ended 1
}

@test "an unmount that fails is an error for the release image" {
    tags a=r.io/a:1
    stub podman <<<'case $1$2 in pull*) echo 1d;; imagemount) echo "'"$mount"'";; imageunmount) exit 1;; esac'
    release
    ended 1
    has "could not be unmounted"
}

@test "the pull of the release image is tried eleven times" {
    stub podman <<<'echo "Error: manifest unknown" >&2; exit 125'
    release
    ended 1
    equal 11 "$(grep -c '^podman pull' "$calls")"
    has "Image r.io/release:4 could not be pulled in 11 attempts: Error: manifest unknown"
}

@test "what is no image reference never reaches the container tool" {
    for image in '$(touch '"$work"'/pwned)' 'a;touch x' '--help' 'dir:/etc' 'docker://r.io/a' 'a b' '`id`' '../x' \
        'r.io/A'; do
        printf '%s' "$image" >"$work/config/platform.image"
        release
        ended 1
        has 'is not an image reference'
    done
    [[ ! -e $work/pwned && ! -e $calls ]]
}

# --- operators -------------------------------------------------------------------------------------------------------

channel() { # PACKAGE CHANNEL ENTRY[<REPLACED]...
    jq -n '{schema: "olm.channel", package: $p, name: $c,
        entries: [$ARGS.positional[] | split("<") | {name: .[0]} + if .[1] then {replaces: .[1]} else {} end]}' \
        --arg p "$1" --arg c "$2" --args "${@:3}"
}
bundle() { # PACKAGE NAME IMAGE...
    jq -n '{schema: "olm.bundle", package: $p, name: $n, relatedImages: [$ARGS.positional[] | {image: .}]}' \
        --arg p "$1" --arg n "$2" --args "${@:3}"
}

@test "the head of a channel is the entry that no other replaces, whatever the order" {
    wanted 'p:stable'
    { bundle p v1.0.3 r.io/new:1; channel p stable v1.0.0 'v1.0.3<v1.0.2' 'v1.0.2<v1.0.0'
      bundle p v1.0.0 r.io/old:1; } | catalogue
    operators
    ended 0
    equal 'r.io/new:1 ' "$(images)"
    has "will process package p channel stable"
    has "Selected channel head: v1.0.3 for package p, channel stable"
}

@test "of several heads the last in the list wins, with a warning" {
    wanted 'p:stable'
    { channel p stable v1 v2; bundle p v1 r.io/1:1; bundle p v2 r.io/2:1; } | catalogue
    operators
    equal 'r.io/2:1 ' "$(images)"
    has "Warning: multiple heads found in channel stable: v1, v2"
}

@test "without a head the last entry is used" {
    wanted 'p:stable'
    { channel p stable 'v1<v2' 'v2<v1'; bundle p v1 r.io/1:1; bundle p v2 r.io/2:1; } | catalogue
    operators
    equal 'r.io/2:1 ' "$(images)"
    has "Falling back to last entry: v2"
}

@test "a channel without entries is skipped with a warning" {
    wanted 'p:stable'
    channel p stable | catalogue
    operators
    ended 0
    has "Warning: channel stable in package p has no entries"
}

@test "only the wanted package and channel count; the last line for a package does" {
    wanted $'p:old\nq:stable\n p : new '
    { channel p old v1; channel p new v2; channel q stable v9; channel z stable v3
      bundle p v1 r.io/1:1; bundle p v2 r.io/2:1; bundle q v9 r.io/9:1 r.io/9:2; bundle z v3 r.io/3:1; } | catalogue
    operators
    equal 'r.io/2:1 r.io/9:1 r.io/9:2 ' "$(images)"
}

@test "malformed records are skipped, with a message" {
    wanted $'a:b:c\nplain\n:x\np:stable'
    { channel p stable v1; bundle p v1 r.io/1:1; } | catalogue
    operators
    ended 0
    has "operators record a:b:c is malformed, skipping..."
    has "operators record plain is malformed, skipping..."
    has "operators record :x is malformed, skipping..."
    equal 'r.io/1:1 ' "$(images)"
}

@test "an index without the package adds no line to the list, and is named" {
    wanted 'p:stable'
    channel other stable v1 | catalogue
    operators
    ended 0
    equal '' "$(images)"
    has "Package and channel p:stable found in none of the indexes"
}

@test "a hostile package name is not evaluated" {
    wanted 'a[$(touch '"$work"'/pwned)]:$(touch '"$work"'/pwned)'
    channel other stable v1 | catalogue
    operators
    ended 0
    [[ ! -e $work/pwned ]]
}

@test "bad JSON, a stream of other things and a chosen bundle without images are errors" {
    wanted 'p:stable'
    for content in '{"schema":' '[1]' '"text"' '{"schema":"olm.channel","package":"p","name":"stable","entries":[3]}' \
        "$(channel p stable v1)"'{"schema":"olm.bundle","package":"p","name":"v1"}'; do
        catalogue <<<"$content"
        operators
        ended 1
        has "extract_pull_spec failed"
    done
}

@test "an index without packages is an inconsistent configuration" {
    wanted $'\n'
    operators
    ended 1
    has "operators index is set, but no packages provided - inconsistent configuration"
    wanted 'malformed'
    operators
    ended 1
}

@test "no index is no error" {
    : >"$work/config/operators.indexes"
    operators
    ended 0
    has "Operators index is not specified. Operators won't be pre-cached"
}

@test "distinct indexes are processed in sorted order" {
    wanted 'p:stable'
    channel p stable v1 | catalogue
    printf 'r.io/z:1\nr.io/a:1\nr.io/z:1' >"$work/config/operators.indexes"
    operators
    equal 'r.io/a:1 r.io/z:1' "$(sed -n 's/^podman pull .* //p' "$calls" | xargs)"
}

@test "an opm that fails ends the run with its reason" {
    wanted 'p:stable'
    printf '#!/bin/bash\necho "bad catalogue" >&2; exit 3\n' >"$mount/bin/opm"
    operators
    ended 1
    has "bad catalogue"
    has "render_index failed: OLM index render failed for index r.io/index:1, package(s) p"
}

@test "an opm that leads out of the image is not run" {
    wanted 'p:stable'
    printf '#!/bin/bash\ntouch %s/pwned\n' "$work" >"$work/evil"
    chmod +x "$work/evil"
    for target in ../../evil "/../evil" "$work/evil"; do
        ln -sfn "$target" "$mount/bin/opm"
        operators
        ended 1
    done
    [[ ! -e $work/pwned ]]
}

@test "a catalogue with thousands of bundles is selected from in seconds" {
    wanted 'p4999:stable'
    jq -n 'range(5000) | {schema: "olm.channel", package: "p\(.)", name: "stable", entries: [{name: "v\(.)"}]},
        {schema: "olm.bundle", package: "p\(.)", name: "v\(.)", relatedImages: [{image: "r.io/i\(.):1"}]}' | catalogue
    operators
    ended 0
    equal 'r.io/i4999:1 ' "$(images)"
}
