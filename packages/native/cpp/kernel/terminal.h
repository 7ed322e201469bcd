#pragma once

#include <sys/types.h>

#include <cstdint>

#include "unique_fd.h"

namespace kernel {

/// A duplicate of the descriptor with that number in a process, which must be the side of a pseudo-terminal
/// from which it is typed at (pidfd_getfd(2)). ENOTTY: there is no such descriptor, or it is something else;
/// ESRCH: that process has ended; EPERM: this host lets nobody look into a process; ENOSYS: a kernel before 5.6.
UniqueFd take_terminal(pid_t pid, uint64_t start_time, int descriptor);
/// The window that programs at the terminal see.
void size_terminal(int terminal, uint16_t rows, uint16_t columns);

}  // namespace kernel
