#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "unique_fd.h"

/** The groups of a tree, opened while nothing stands between us and them: whoever joins may no longer see
 * them. */
struct Groups {
  /** The directory of the group in the v2 tree, where a child can be born; empty where the host has none. */
  UniqueFd unified{};
  std::vector<UniqueFd> v1{};
};

Groups open_groups(const std::vector<std::string>& procs_files);

/** The file by which a process joins a group of the v2 tree by itself; empty where there is no group. */
UniqueFd open_procs(const UniqueFd& group);

/** As fork; `group` is the directory of the v2 group to be born in, or -1, `flags` what else clone3 is told.
 * `pidfd` is the child's. */
long fork_into(int group, uint64_t flags, int& pidfd);

/** The calling process is in these groups from now on. `unified_procs`: empty where it is in that one
 * already. */
void join(const Groups& groups, const UniqueFd& unified_procs);
