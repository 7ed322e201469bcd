#include "process_identity.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "failure.h"
#include "paths.h"

uint64_t start_time_of(pid_t pid) {
  UniqueFd file(open(("/proc/" + std::to_string(pid) + "/stat").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return 0;
  const std::string text = read_all(file.get(), 4096);
  // The name may contain anything, also spaces and brackets: fields are counted after its last bracket.
  size_t at = text.rfind(')');
  if (at == std::string::npos) return 0;
  for (int field = 2; field < 22; field++) {
    at = text.find(' ', at + 1);
    if (at == std::string::npos) return 0;
  }
  return std::strtoull(text.c_str() + at + 1, nullptr, 10);
}

std::string boot_id() {
  UniqueFd file = check_fd(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), "read boot id");
  return read_all(file.get(), 36);
}

UniqueFd open_process(pid_t pid, uint64_t start_time) {
  UniqueFd process = check_fd(syscall(SYS_pidfd_open, pid, 0), "open process " + std::to_string(pid));
  // Read after the pidfd was taken: if it is the right one now, the pidfd is too.
  if (start_time_of(pid) != start_time)
    fail("open process " + std::to_string(pid) + ": it is another one", ESRCH);
  return process;
}
