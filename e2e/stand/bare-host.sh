# Becomes process 1 of a bare host: bare-host.sh ROOT NAME, inside new mount, pid, uts and ipc namespaces.
# What a machine's boot would mount is mounted; then the root is the host's own, and nothing of this machine is seen.
set -eu
root=$1
hostname "$2"
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount --rbind /sys/fs/cgroup "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755,nosuid tmpfs "$root/dev"
for node in null zero full random urandom tty; do
  : >"$root/dev/$node"
  mount --bind "/dev/$node" "$root/dev/$node"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs "$root/run"
# Claims of host ids are the kernel's, and this kernel has other hosts.
mkdir -p /run/cellblock/ids "$root/run/cellblock/ids"
mount --bind /run/cellblock/ids "$root/run/cellblock/ids"
cd "$root"
mkdir .old
pivot_root . .old
cd /
umount -l /.old
rmdir /.old
echo ready
exec sleep infinity
