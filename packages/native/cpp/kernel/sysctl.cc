#include "sysctl.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kernel_error.h"
#include "netns.h"
#include "unique_fd.h"

namespace kernel {
namespace {

/// What is below /proc/sys/net depends on the network namespace of the thread that looks.
UniqueFd open_below_net(const std::string& path, int flags, const std::string& step) {
  const UniqueFd directory(open("/proc/sys/net", O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!directory) fail(step);
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV;
  UniqueFd fd(static_cast<int>(syscall(SYS_openat2, directory.get(), path.c_str(), &how, sizeof how)));
  if (!fd) fail(step);
  return fd;
}

}  // namespace

void write_sysctl(const std::string& netns, const std::string& path, const std::string& value) {
  const std::string step = "write " + value + " to sysctl net/" + path;
  const NetnsScope scope(netns);
  const UniqueFd fd = open_below_net(path, O_WRONLY, step);
  const std::string line = value + "\n";
  if (write(fd.get(), line.data(), line.size()) < 0) fail(step);
}

std::string read_sysctl(const std::string& netns, const std::string& path) {
  const std::string step = "read sysctl net/" + path;
  const NetnsScope scope(netns);
  const UniqueFd fd = open_below_net(path, O_RDONLY, step);
  std::string value;
  char chunk[512];
  for (;;) {
    const ssize_t size = read(fd.get(), chunk, sizeof chunk);
    if (size < 0) fail(step);
    if (size == 0) break;
    value.append(chunk, static_cast<size_t>(size));
  }
  while (!value.empty() && value.back() == '\n') value.pop_back();
  return value;
}

}  // namespace kernel
