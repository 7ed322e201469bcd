#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>

#include "unique_fd.h"

namespace kernel {

/// Clock ticks since boot (field 22 of /proc/PID/stat); none when there is no such process.
std::optional<uint64_t> process_start_time(pid_t pid);
/// A descriptor of the process that started then, and of no later one with its number (ESRCH).
/// Readable once the process has ended.
UniqueFd open_process(pid_t pid, uint64_t start_time);
void signal_process(pid_t pid, uint64_t start_time, int signal);

}  // namespace kernel
