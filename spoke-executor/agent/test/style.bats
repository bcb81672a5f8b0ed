#!/usr/bin/env bats
# What holds for every script of the workloads.
# shellcheck disable=SC2016,SC2154 # hostile inputs are meant literally; some variables are set by bats and support.bash

load support

scripts() { find "$agent"/{precache,recovery,aztp,common} -type f ! -name Dockerfile ! -name "*.jq" ! -name "*.py"; }

@test "shellcheck finds nothing in any script, tests included" {
    need shellcheck
    scripts | xargs shellcheck --external-sources --source-path=SCRIPTDIR
    shellcheck "$agent"/test/{run,on-node,bench-pull,*.bash,*.bats}
}

@test "nothing is evaluated, and nothing in the chroot needs /dev/fd" {
    run xargs grep -nwE 'eval' < <(scripts)
    equal '' "$output"
    run xargs grep -nE '[[:space:]]<\(' < <(scripts | grep -v /disk-check.sh)
    equal '' "$output"
}

@test "every file that an image copies is there, and no other script is" {
    for image in precache recovery aztp; do
        copied=$(sed -ne '/^COPY/,/[^\\]$/p' "$agent/$image/Dockerfile" | grep -oE "(precache|recovery|aztp|common)/[a-z.-]+" | sort)
        for file in $copied; do test -f "$agent/$file"; done
        equal "$(cd "$agent" && find "$image" -type f ! -name Dockerfile | sort)" "$(grep "^$image/" <<<"$copied")"
    done
}
