#include "mount.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/vfs.h>

#include <cerrno>

#include "kernel_error.h"
#include "unique_fd.h"

namespace kernel {
namespace {

UniqueFd open_path(const std::string& path, const std::string& step) {
  open_how how{};
  how.flags = O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  UniqueFd fd(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (!fd) fail(step, "open " + path);
  return fd;
}

void attach(const UniqueFd& tree, const UniqueFd& target, const std::string& step) {
  if (move_mount(tree.get(), "", target.get(), "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH) < 0) {
    fail(step);
  }
}

}  // namespace

void bind_mount(const BindMount& mount) {
  const std::string step = "bind " + mount.source + " at " + mount.target;
  const UniqueFd source = open_path(mount.source, step);
  const UniqueFd target = open_path(mount.target, step);
  const UniqueFd tree(
      open_tree(source.get(), "", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_EMPTY_PATH | AT_RECURSIVE));
  if (!tree) fail(step);
  mount_attr attributes{};
  // What happens to the source's mounts later must not appear below the target
  attributes.propagation = MS_PRIVATE;
  if (mount.read_only) attributes.attr_set |= MOUNT_ATTR_RDONLY;
  if (mount.nosuid) attributes.attr_set |= MOUNT_ATTR_NOSUID;
  if (mount.nodev) attributes.attr_set |= MOUNT_ATTR_NODEV;
  if (mount.noexec) attributes.attr_set |= MOUNT_ATTR_NOEXEC;
  if (mount_setattr(tree.get(), "", AT_EMPTY_PATH | AT_RECURSIVE, &attributes, sizeof attributes) < 0) {
    fail(step);
  }
  attach(tree, target, step);
}

void mount_tmpfs(const std::string& target, const std::string& size, const std::string& mode) {
  const std::string step = "mount a tmpfs at " + target;
  const UniqueFd directory = open_path(target, step);
  const UniqueFd context(fsopen("tmpfs", FSOPEN_CLOEXEC));
  if (!context) fail(step);
  if (fsconfig(context.get(), FSCONFIG_SET_STRING, "size", size.c_str(), 0) < 0) fail(step, "size " + size);
  if (fsconfig(context.get(), FSCONFIG_SET_STRING, "mode", mode.c_str(), 0) < 0) fail(step, "mode " + mode);
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0) fail(step);
  const UniqueFd tree(fsmount(context.get(), FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV));
  if (!tree) fail(step);
  attach(tree, directory, step);
}

void unmount(const std::string& target) {
  const std::string step = "unmount " + target;
  if (umount2(target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) < 0) fail(step);
  // One path may carry several mounts, one on the other
  while (umount2(target.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) == 0) continue;
  if (errno != EINVAL) fail(step);
}

void set_hidepid(const std::string& target, const std::string& hidepid) {
  const std::string step = "set hidepid of " + target + " to " + hidepid;
  const UniqueFd place = open_path(target, step);
  struct statfs found {};
  if (fstatfs(place.get(), &found) < 0) fail(step);
  if (found.f_type != PROC_SUPER_MAGIC) {
    errno = EINVAL;
    fail(step, "it is no proc");
  }
  // Unlike mount(2) with MS_REMOUNT, it leaves alone what it is not told
  const UniqueFd context(fspick(place.get(), "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
  if (!context) fail(step);
  if (fsconfig(context.get(), FSCONFIG_SET_STRING, "hidepid", hidepid.c_str(), 0) < 0) fail(step);
  if (fsconfig(context.get(), FSCONFIG_CMD_RECONFIGURE, nullptr, nullptr, 0) < 0) fail(step);
}

}  // namespace kernel
