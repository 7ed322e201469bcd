#pragma once

#include <sys/types.h>

#include <cstdint>
#include <utility>

#include "unique_fd.h"

/**
 * That no two trees that run have an id in common, whoever asks for them. Ranges are 65,536 ids from a
 * multiple of that (tree_spec), so that two are the same or apart, and a range is known by its first id.
 * Beside the agents' claims, in /run/cellblock/ids, BASE.tree says which first process had the range last;
 * whoever is about to give it away holds the file's lock.
 */
class RunningRange {
 public:
  /** Fails with EBUSY when a tree of this range runs, or is being started. */
  static RunningRange take(uint32_t base);

  /** From here on the range is this process's for as long as it lives. Before it has its ids. */
  void give_to(pid_t first);

 private:
  explicit RunningRange(UniqueFd record) : record_(std::move(record)) {}
  UniqueFd record_;
};
