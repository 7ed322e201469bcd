#pragma once

#include <sys/types.h>

#include "run_directory.h"
#include "unique_fd.h"

struct KeeperStart {
  uid_t uid;
  gid_t gid;
  int program;
  pid_t first;
  int first_process;
  int console_pipe;
  /** The keeper says `ok` there. */
  int report;
  /** -1: the tree has no console. */
  int terminal;
};

/** This process, parent of the tree's first, gives up everything and is the keeper. Throws Failure while it has
 * given up nothing yet; after that it reports its failure itself, and leaves the tree to whoever asked for it. */
[[noreturn]] void become_keeper(const RunDirectory& run, const KeeperStart& start);
