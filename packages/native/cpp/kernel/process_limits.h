#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace kernel {

struct ProcessLimit {
  /// As the kernel has it; RLIM_INFINITY is none.
  uint64_t soft;
  uint64_t hard;
};

/// prlimit(2) of each resource that a jail may be limited in, by its name in lower case without RLIMIT_; none when
/// there is no such process.
std::optional<std::vector<std::pair<std::string, ProcessLimit>>> read_process_limits(pid_t pid);
/// Of the process that started then, and of no later one with its number (ESRCH). Above its hard limit: EPERM without
/// CAP_SYS_RESOURCE in the first user namespace.
void set_process_limit(pid_t pid, uint64_t start_time, const std::string& resource, ProcessLimit limit);
/// Whether this process has the capability that raises a hard limit.
bool may_raise_limits();

}  // namespace kernel
