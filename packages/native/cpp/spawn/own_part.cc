#include "own_part.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cstdio>
#include <string>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"

/** A service and its helpers need some ten levels. With names of 255 bytes the path of the deepest still fits. */
static constexpr const char* kDepthMost = "12";
/** Those that have a name; of one that was removed, the kernel keeps what a process or a socket began in. */
static constexpr const char* kGroupsMost = "1024";
/** Before Linux 6.4 whoever may write a group's pressure files has the kernel start a real-time thread for it. */
static constexpr const char* kGroupsMostOfOld = "128";
static constexpr const char* kName = "own";

/** Files that a part is delegated by; all others say what it may be, and stay ours. */
static constexpr const char* kDelegated[] = {"cgroup.procs", "cgroup.threads", "cgroup.subtree_control"};

/** What an earlier run of the tree left: empty groups, which would count. What cannot be removed stays. */
static void remove_groups_in(int group, int depth) {
  UniqueFd listed(openat(group, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  DIR* entries = listed && depth > 0 ? fdopendir(dup(listed.get())) : nullptr;
  if (entries == nullptr) return;
  while (const dirent* entry = readdir(entries)) {
    const std::string name = entry->d_name;
    if (entry->d_type != DT_DIR || name == "." || name == "..") continue;
    UniqueFd below(openat(group, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (below) remove_groups_in(below.get(), depth - 1);
    unlinkat(group, name.c_str(), AT_REMOVEDIR);
  }
  closedir(entries);
}

static bool has_cheap_pressure() {
  utsname system;
  int major = 0, minor = 0;
  if (uname(&system) < 0 || sscanf(system.release, "%d.%d", &major, &minor) != 2) return false;
  return major > 6 || (major == 6 && minor >= 4);
}

static void set(const UniqueFd& group, const char* file, const char* value) {
  const std::string step = std::string("set ") + file + " of the tree's own part";
  UniqueFd opened = check_fd(openat(group.get(), file, O_WRONLY | O_NOFOLLOW | O_CLOEXEC), step);
  if (!write_all(opened.get(), value)) fail(step);
}

void mount_own_part() {
  UniqueFd place(open("/sys/fs/cgroup", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (!place) return;
  UniqueFd groups = new_mount("cgroup2", {}, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  attach_mount(groups.get(), place.get(), "/sys/fs/cgroup");
}

UniqueFd make_own_part(const UniqueFd& group, uint32_t owner) {
  const std::string step = "make the tree's own part of its group";
  if (mkdirat(group.get(), kName, 0755) < 0 && errno != EEXIST) fail(step);
  UniqueFd part =
      check_fd(openat(group.get(), kName, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC), step);
  remove_groups_in(part.get(), 64);
  if (!leaves_out("counted-groups")) {
    set(part, "cgroup.max.depth", kDepthMost);
    set(part, "cgroup.max.descendants", has_cheap_pressure() ? kGroupsMost : kGroupsMostOfOld);
  }
  check(fchownat(group.get(), kName, owner, owner, AT_SYMLINK_NOFOLLOW), step);
  for (const char* file : kDelegated)
    check(fchownat(part.get(), file, owner, owner, AT_SYMLINK_NOFOLLOW), step);
  if (leaves_out("own-limits"))
    check(fchownat(part.get(), "cgroup.max.descendants", owner, owner, AT_SYMLINK_NOFOLLOW), step);
  return part;
}
