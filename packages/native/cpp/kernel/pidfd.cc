#include "pidfd.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <sstream>
#include <string>

#include "kernel_error.h"

namespace kernel {

std::optional<uint64_t> process_start_time(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd && errno == ENOENT) return std::nullopt;
  if (!fd) fail("read " + path);
  char buffer[1024];
  const ssize_t size = read(fd.get(), buffer, sizeof buffer);
  if (size < 0 && errno == ESRCH) return std::nullopt;
  if (size < 0) fail("read " + path);
  const std::string line(buffer, static_cast<size_t>(size));
  // The name stands in parentheses and may hold anything, parentheses and spaces too
  const size_t name_end = line.rfind(')');
  if (name_end == std::string::npos) throw KernelError("read " + path, EINVAL);
  std::istringstream fields(line.substr(name_end + 1));
  std::string skipped;
  for (int field = 3; field < 22; ++field) fields >> skipped;
  uint64_t start_time = 0;
  if (!(fields >> start_time)) throw KernelError("read " + path, EINVAL);
  return start_time;
}

UniqueFd open_process(pid_t pid, uint64_t start_time) {
  const std::string step =
      "find process " + std::to_string(pid) + " started at " + std::to_string(start_time);
  // Opened before the look at its start time: from then on the descriptor cannot come to mean another
  UniqueFd fd(static_cast<int>(syscall(SYS_pidfd_open, pid, 0)));
  if (!fd) fail(step);
  const auto seen = process_start_time(pid);
  if (seen != start_time) throw KernelError(step, ESRCH, seen ? "the number now is another's" : "");
  return fd;
}

void signal_process(pid_t pid, uint64_t start_time, int signal) {
  const UniqueFd process = open_process(pid, start_time);
  if (syscall(SYS_pidfd_send_signal, process.get(), signal, nullptr, 0) < 0) {
    fail("send signal " + std::to_string(signal) + " to process " + std::to_string(pid));
  }
}

}  // namespace kernel
