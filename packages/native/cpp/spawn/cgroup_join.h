#pragma once

#include <string>
#include <vector>

/** This process and all it forks are in these control groups. */
void join_cgroups(const std::vector<std::string>& procs_files);
