#include "mount_calls.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "failure.h"

/** What the file system said about a refusal (`e overlay: …`), for people; errno stays the cause. */
[[noreturn]] static void fail_as_told(int context, std::string step) {
  const int error = errno;
  char told[256];
  for (;;) {
    const ssize_t size = read(context, told, sizeof told);
    if (size <= 2) break;
    if (told[0] == 'e') step += ": " + std::string(told + 2, static_cast<size_t>(size) - 2);
  }
  fail(step, error);
}

UniqueFd new_mount(const char* type, const std::vector<std::pair<std::string, std::string>>& options,
                   uint64_t attributes) {
  const std::string step = std::string("make ") + type;
  UniqueFd context = check_fd(fsopen(type, FSOPEN_CLOEXEC), step);
  // Only seen in mount tables: without it every file system there is called `none`.
  check(fsconfig(context.get(), FSCONFIG_SET_STRING, "source", type, 0), step);
  for (const auto& [key, value] : options) {
    const bool is_flag = value.empty();
    if (fsconfig(context.get(), is_flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, key.c_str(),
                 is_flag ? nullptr : value.c_str(), 0) < 0)
      fail_as_told(context.get(), step + " with " + key + "=" + value);
  }
  if (fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) < 0)
    fail_as_told(context.get(), step);
  return check_fd(fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes)), step);
}

UniqueFd clone_mount(int source, const std::string& step) {
  return check_fd(open_tree(source, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                  "clone " + step);
}

UniqueFd clone_mounts(int source, const std::string& step) {
  return check_fd(open_tree(source, "", AT_EMPTY_PATH | AT_RECURSIVE | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                  "clone " + step);
}

void set_attributes(int mount, uint64_t set, uint64_t clear, int user_namespace, const std::string& step,
                    uint64_t propagation) {
  mount_attr attributes{};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  attributes.propagation = propagation;
  if (user_namespace >= 0) {
    attributes.attr_set |= MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<uint64_t>(user_namespace);
  }
  if (mount_setattr(mount, "", AT_EMPTY_PATH, &attributes, sizeof attributes) == 0) return;
  if (user_namespace >= 0 && errno == EINVAL)
    fail("idmap " + step + ": its file system cannot be idmapped", EINVAL);
  if (user_namespace >= 0 && errno == EPERM) fail("idmap " + step + ": it is idmapped already", EPERM);
  fail("set attributes of " + step);
}

bool is_read_only(int mount, const std::string& step) {
  struct statvfs found;
  check(fstatvfs(mount, &found), "ask about " + step);
  return (found.f_flag & ST_RDONLY) != 0;
}

uint64_t mount_of(int fd, const std::string& step) {
  struct statx found;
  check(statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &found), "ask about " + step);
  return found.stx_mnt_id;
}

void attach_mount(int mount, int target, const std::string& step) {
  check(move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
        "mount " + step);
}
