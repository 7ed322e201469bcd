#include "project_quota.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <linux/openat2.h>
#include <linux/quota.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>

#include "kernel_error.h"
#include "unique_fd.h"

namespace kernel {
namespace {

UniqueFd open_directory(const std::string& path, const std::string& step) {
  open_how how{};
  how.flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  UniqueFd fd(static_cast<int>(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how)));
  if (!fd) fail(step, "open " + path);
  return fd;
}

/// The kernel has a word of its own for each way in which a file system can lack it.
bool is_lack(int number) {
  return number == ENOTTY || number == ENOSYS || number == ESRCH || number == EOPNOTSUPP;
}

[[noreturn]] void fail_or_lack(const std::string& step) {
  const int number = errno;
  if (is_lack(number)) {
    throw KernelError(step, EOPNOTSUPP, "its file system counts no projects");
  }
  throw KernelError(step, number);
}

/// Returns what the call returned, errno being set as by it.
long ask_quota(const UniqueFd& directory, unsigned command, uint32_t id, if_dqblk& block) {
  const unsigned for_projects = QCMD(command, PRJQUOTA);
  const long answer = syscall(SYS_quotactl_fd, directory.get(), for_projects, id, &block);
  if (answer == 0 || errno != ENOSYS) return answer;
  // Linux before 5.14, or a file system without quota, which says the same once more
  struct stat status {};
  if (fstat(directory.get(), &status) < 0) return -1;
  const std::string device = "/dev/block/" + std::to_string(major(status.st_dev)) + ":" +
                             std::to_string(minor(status.st_dev));
  if (syscall(SYS_quotactl, for_projects, device.c_str(), id, &block) == 0) return 0;
  // Without a block device there is nothing that could hold a quota
  if (errno == ENOENT || errno == ENODEV || errno == ENOTBLK) errno = ENOSYS;
  return -1;
}

}  // namespace

Project read_project(const std::string& path) {
  const std::string step = "read the project of " + path;
  const UniqueFd directory = open_directory(path, step);
  fsxattr attributes{};
  if (ioctl(directory.get(), FS_IOC_FSGETXATTR, &attributes) < 0) {
    if (is_lack(errno)) return {};
    fail(step);
  }
  return {.id = attributes.fsx_projid, .inherits = (attributes.fsx_xflags & FS_XFLAG_PROJINHERIT) != 0};
}

void set_project(const std::string& path, uint32_t id) {
  const std::string step = "count " + path + " under project " + std::to_string(id);
  const UniqueFd directory = open_directory(path, step);
  fsxattr attributes{};
  if (ioctl(directory.get(), FS_IOC_FSGETXATTR, &attributes) < 0) fail_or_lack(step);
  attributes.fsx_projid = id;
  attributes.fsx_xflags |= FS_XFLAG_PROJINHERIT;
  if (ioctl(directory.get(), FS_IOC_FSSETXATTR, &attributes) < 0) fail_or_lack(step);
}

ProjectQuota read_project_quota(const std::string& path, uint32_t id) {
  const std::string step = "read the quota of project " + std::to_string(id) + " on " + path;
  if_dqblk block{};
  if (ask_quota(open_directory(path, step), Q_GETQUOTA, id, block) < 0) {
    // xfs keeps no record of what was never used
    if (errno == ENOENT) return {};
    fail_or_lack(step);
  }
  return {.used_bytes = block.dqb_curspace,
          .used_inodes = block.dqb_curinodes,
          .bytes = block.dqb_bhardlimit * QIF_DQBLKSIZE,
          .inodes = block.dqb_ihardlimit};
}

void set_project_quota(const std::string& path, uint32_t id, uint64_t bytes, uint64_t inodes) {
  const std::string step = "limit project " + std::to_string(id) + " on " + path;
  if_dqblk block{};
  block.dqb_bhardlimit = bytes / QIF_DQBLKSIZE;
  block.dqb_ihardlimit = inodes;
  // A soft limit would begin to count days of grace: there is none.
  block.dqb_valid = QIF_LIMITS;
  if (ask_quota(open_directory(path, step), Q_SETQUOTA, id, block) < 0) fail_or_lack(step);
}

}  // namespace kernel
