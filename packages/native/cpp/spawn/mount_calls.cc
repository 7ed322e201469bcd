#include "mount_calls.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "failure.h"

UniqueFd new_mount(const char* type, const std::vector<std::pair<std::string, std::string>>& options,
                   uint64_t attributes) {
  const std::string step = std::string("make ") + type;
  UniqueFd context = check_fd(fsopen(type, FSOPEN_CLOEXEC), step);
  // Only seen in mount tables: without it every file system there is called `none`.
  check(fsconfig(context.get(), FSCONFIG_SET_STRING, "source", type, 0), step);
  for (const auto& [key, value] : options) {
    const bool is_flag = value.empty();
    check(fsconfig(context.get(), is_flag ? FSCONFIG_SET_FLAG : FSCONFIG_SET_STRING, key.c_str(),
                   is_flag ? nullptr : value.c_str(), 0),
          step + " with " + key + "=" + value);
  }
  check(fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0), step);
  return check_fd(fsmount(context.get(), FSMOUNT_CLOEXEC, static_cast<unsigned>(attributes)), step);
}

UniqueFd clone_mount(int source, const std::string& step) {
  return check_fd(open_tree(source, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                  "clone " + step);
}

void set_attributes(int mount, uint64_t set, uint64_t clear, int user_namespace, const std::string& step) {
  mount_attr attributes{};
  attributes.attr_set = set;
  attributes.attr_clr = clear;
  if (user_namespace >= 0) {
    attributes.attr_set |= MOUNT_ATTR_IDMAP;
    attributes.userns_fd = static_cast<uint64_t>(user_namespace);
  }
  check(mount_setattr(mount, "", AT_EMPTY_PATH, &attributes, sizeof attributes), "set attributes of " + step);
}

void attach_mount(int mount, int target, const std::string& step) {
  check(move_mount(mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH),
        "mount " + step);
}
