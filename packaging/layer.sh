# Sourced by scripts that work in a root file system made by packaging/root.  That one is cached and stays as it
# is: on it lies a layer in memory that holds one run.  Wants: work (a folder) and root (a folder in it).
#
# shellcheck shell=sh disable=SC2154 # work and root are the caller's
# SPDX-License-Identifier: GPL-2.0-or-later

# Runs the script anew in a namespace of its own, so that no mount outlives it, however it ends.
in_own_namespace() { # as in: in_own_namespace SCRIPT ARGUMENT...
    packaging/as-root mkdir -p "$work"
    exec packaging/as-root unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$@"
}

in_root() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

as_nobody_in_root() {
    chroot --userspec=nobody:nogroup --groups= "$root" env -i PATH=/usr/bin:/bin HOME=/nonexistent LC_ALL=C.UTF-8 "$@"
}

# The sources are in /src; $work/tmp has the same name inside and outside.
enter() { # as in: enter CACHED-ROOT
    mount -t tmpfs -o mode=755 tcprst "$work"
    mkdir "$work/upper" "$work/layer" "$root" "$work/tmp"
    mount -t overlay -o "lowerdir=$1,upperdir=$work/upper,workdir=$work/layer" tcprst "$root"
    mkdir -p "$root/src" "$root/packages" "$root$work/tmp"
    mount -t proc proc "$root/proc"
    mount --rbind /dev "$root/dev"
    mount --bind "$work/tmp" "$root$work/tmp"
    cp -L /etc/resolv.conf "$root/etc/resolv.conf"
    tar --exclude=./build --exclude=./.git --exclude=__pycache__ -c . | tar -x -C "$root/src"
}

leave() {
    umount -R "$root"
    umount "$work"
}
