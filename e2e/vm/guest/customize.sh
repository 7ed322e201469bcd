#!/bin/sh
# mmdebstrap's hook: $1 is the root that becomes the machine's disk, $2 this directory, $3 where kernel and initramfs go.
set -eu
root=$1 guest=$2 out=$3
work=$out/kernel-package
mkdir -p "$work"

# Debian's stock kernel: unpacked, never installed.
package=$(APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[0-9].*\)$/\1/p')
(cd "$work" && APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -q download "$package" busybox-static)
for deb in "$work"/*.deb; do dpkg -x "$deb" "$work/x"; done
version=${package#linux-image-}
cp "$work/x/boot/vmlinuz-$version" "$out/vmlinuz"
mkdir -p "$root/lib/modules"
mv "$work/x/lib/modules/$version" "$root/lib/modules/"
chroot "$root" depmod "$version"

mkdir -p "$work/initramfs/bin" "$work/initramfs/modules" "$work/initramfs/dev" "$work/initramfs/proc" "$work/initramfs/root"
cp "$work/x/bin/busybox" "$work/initramfs/bin/"
cp "$guest/init" "$work/initramfs/init"
chmod 755 "$work/initramfs/init"
for module in virtio_ring virtio virtio_pci_legacy_dev virtio_pci_modern_dev virtio_pci virtio_blk; do
  find "$root/lib/modules/$version" -name "$module.ko" -exec cp {} "$work/initramfs/modules/" \;
done
(cd "$work/initramfs" && find . | cpio --quiet -o -H newc >"$out/initramfs")
rm -rf "$work"

echo virtual >"$root/etc/hostname"
printf '127.0.0.1 localhost\n127.0.1.1 virtual\n' >"$root/etc/hosts"
: >"$root/etc/machine-id"
cp "$guest/root-shell.pl" "$root/usr/local/lib/"
cp "$guest"/*.service "$root/etc/systemd/system/"
printf '/dev/vda / ext4 rw 0 1\n' >"$root/etc/fstab"
for unit in root-shell administrators-bridge; do systemctl --root="$root" -q enable "$unit"; done
# Nobody waits for what only costs time here.
for unit in getty@tty1.service apt-daily.timer apt-daily-upgrade.timer e2scrub_reap.service e2scrub_all.timer; do
  systemctl --root="$root" -q mask "$unit"
done
