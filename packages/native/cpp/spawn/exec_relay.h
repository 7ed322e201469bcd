#pragma once

#include <sys/types.h>

#include "unique_fd.h"

/** Carries bytes between the caller's descriptors 0 to 3 and a command, until the command has ended. */
struct ExecRelay {
  pid_t command;
  UniqueFd process;
  /** One terminal, or three pipes. */
  UniqueFd terminal;
  UniqueFd input, output, error;

  /** The command's wait status. */
  int run();
};
