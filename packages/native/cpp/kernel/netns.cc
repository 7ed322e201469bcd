#include "netns.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "kernel_error.h"
#include "netlink_socket.h"
#include "rtnl_link.h"
#include "sysctl.h"

namespace kernel {
namespace {

constexpr char kThreadNetns[] = "/proc/thread-self/ns/net";

UniqueFd open_home() {
  UniqueFd home(open(kThreadNetns, O_RDONLY | O_CLOEXEC));
  if (!home) fail("open the network namespace of this thread");
  return home;
}

void return_home(const UniqueFd& home) {
  struct stat wanted {};
  struct stat seen {};
  if (setns(home.get(), CLONE_NEWNET) == 0 && fstat(home.get(), &wanted) == 0 &&
      stat(kThreadNetns, &seen) == 0 && wanted.st_ino == seen.st_ino && wanted.st_dev == seen.st_dev) {
    return;
  }
  perror("a thread cannot go back to its network namespace");
  abort();
}

bool is_pinned(const std::string& path) {
  struct statfs info {};
  return statfs(path.c_str(), &info) == 0 && info.f_type == NSFS_MAGIC;
}

/// The thread is in a new network namespace until this ends.
class NewNetnsScope {
 public:
  explicit NewNetnsScope(const std::string& step) : home_(open_home()) {
    if (unshare(CLONE_NEWNET) < 0) fail(step);
  }
  ~NewNetnsScope() { return_home(home_); }

 private:
  UniqueFd home_;
};

}  // namespace

NetnsScope::NetnsScope(const std::string& path) {
  if (path.empty()) return;
  const UniqueFd target = open_netns(path);
  UniqueFd home = open_home();
  if (setns(target.get(), CLONE_NEWNET) < 0) fail("enter network namespace " + path);
  home_ = std::move(home);
}

NetnsScope::~NetnsScope() {
  if (home_) return_home(home_);
}

UniqueFd open_netns(const std::string& path) {
  const std::string step = "open network namespace " + path;
  UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!fd) fail(step);
  struct statfs info {};
  if (fstatfs(fd.get(), &info) < 0) fail(step);
  if (info.f_type != NSFS_MAGIC) throw KernelError(step, EINVAL, "nothing is pinned there");
  return fd;
}

void create_netns(const std::string& path) {
  const std::string step = "create network namespace " + path;
  const UniqueFd created(open(path.c_str(), O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0));
  // An empty file without a pin is what a crash between the two steps leaves: it is used again
  if (!created && (errno != EEXIST || is_pinned(path))) fail(step);

  try {
    const NewNetnsScope fresh(step);
    {
      NetlinkSocket socket = NetlinkSocket::open_here();
      LinkChange up;
      up.up = true;
      set_link(socket, "lo", up);
    }
    // Else deleting the first address of a subnet takes the others with it
    write_sysctl("", "ipv4/conf/all/promote_secondaries", "1");
    if (mount(kThreadNetns, path.c_str(), nullptr, MS_BIND, nullptr) < 0) fail(step);
  } catch (...) {
    if (created) unlink(path.c_str());
    throw;
  }
}

void remove_netns(const std::string& path) {
  const std::string step = "remove network namespace " + path;
  struct stat info {};
  if (lstat(path.c_str(), &info) < 0) fail(step);
  const bool pinned = is_pinned(path);
  if (pinned && umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW) < 0) fail(step);
  if (!pinned && (!S_ISREG(info.st_mode) || info.st_size != 0)) {
    throw KernelError(step, EINVAL, "nothing is pinned there");
  }
  if (unlink(path.c_str()) < 0 && errno != ENOENT) fail(step);
  if (!pinned) throw KernelError(step, ENOENT);
}

std::vector<std::string> list_netns(const std::string& directory) {
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (is_pinned(entry.path())) names.push_back(entry.path().filename());
  }
  if (error && error.value() != ENOENT) {
    throw KernelError("list network namespaces in " + directory, error.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace kernel
