#pragma once

#include <string>
#include <vector>

#include "unique_fd.h"

/** The directory of the group of the v2 tree among these, for a child that is to be born in it; else empty. */
UniqueFd open_unified_group(const std::vector<std::string>& procs_files);

/** Moves this process, which has one thread, into the groups that these files belong to. */
void join_cgroups(const std::vector<std::string>& procs_files);

/** The same without the group of the v2 tree. */
void join_v1_cgroups(const std::vector<std::string>& procs_files);
