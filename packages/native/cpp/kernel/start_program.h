#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "unique_fd.h"

namespace kernel {

struct StartedProgram {
  pid_t pid;
  /// What it says on standard output; at its end everybody has closed it.
  UniqueFd answer;
};

/**
 * Starts a program with `input` on its standard input; standard error is ours. The caller's memory is not
 * copied for it, however large that is: a fork of a process with hundreds of megabytes stops it for
 * milliseconds. reap_program must follow.
 */
StartedProgram start_program(const std::vector<std::string>& arguments, const std::string& input);

struct AttachedProgram {
  pid_t pid;
  /// The other ends of its descriptors 0, 1, 2 and so on: stream sockets.
  std::vector<UniqueFd> streams;
};

/**
 * As start_program, with `count` stream sockets as its first descriptors and `input` in the last of them.
 * reap_program must follow, once its streams have ended.
 */
AttachedProgram start_attached_program(const std::vector<std::string>& arguments, size_t count,
                                       const std::string& input);

/// Waits for its end.
void reap_program(pid_t pid);

}  // namespace kernel
