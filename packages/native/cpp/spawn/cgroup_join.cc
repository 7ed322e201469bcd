#include "cgroup_join.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <csignal>

#include "failure.h"
#include "paths.h"

static UniqueFd open_in(const UniqueFd& group, const char* name) {
  return check_fd(openat(group.get(), name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC),
                  std::string("open ") + name + " of a group");
}

Groups open_groups(const std::vector<std::string>& procs_files) {
  Groups groups;
  for (const std::string& path : procs_files) {
    const std::string step = "open " + path;
    UniqueFd group = open_plain(path.substr(0, path.rfind('/')), O_PATH | O_DIRECTORY, step);
    struct statfs info {};
    check(fstatfs(group.get(), &info), step);
    // Moving a whole process stops every fork and exit of the host for a grace period, some 10 ms; moving
    // only the thread that asks does not.
    if (info.f_type == CGROUP2_SUPER_MAGIC)
      groups.unified = std::move(group);
    else
      groups.v1.push_back(open_in(group, "tasks"));
  }
  return groups;
}

UniqueFd open_procs(const UniqueFd& group) {
  return group ? open_in(group, "cgroup.procs") : UniqueFd();
}

long fork_into(int group, uint64_t flags, int& pidfd) {
  clone_args arguments{};
  arguments.flags = flags | CLONE_PIDFD;
  arguments.pidfd = reinterpret_cast<uint64_t>(&pidfd);
  arguments.exit_signal = SIGCHLD;
  if (group >= 0) {
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = static_cast<uint64_t>(group);
  }
  return syscall(SYS_clone3, &arguments, sizeof arguments);
}

void join(const Groups& groups, const UniqueFd& unified_procs) {
  // 0 is the writer itself, whatever its pid namespace.
  for (const UniqueFd& tasks : groups.v1)
    if (!write_all(tasks.get(), "0")) fail("join a group");
  if (unified_procs && !write_all(unified_procs.get(), "0")) fail("join the group of the v2 tree");
}
