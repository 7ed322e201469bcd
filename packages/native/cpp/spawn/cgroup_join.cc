#include "cgroup_join.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include "failure.h"
#include "paths.h"

static bool is_unified(const std::string& path) {
  struct statfs info {};
  return statfs(path.c_str(), &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

static std::string directory_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

UniqueFd open_unified_group(const std::vector<std::string>& procs_files) {
  for (const std::string& path : procs_files)
    if (is_unified(path)) return open_plain(directory_of(path), O_PATH | O_DIRECTORY, "open " + path);
  return UniqueFd();
}

static void join(const std::string& path) {
  UniqueFd file = open_plain(path, O_WRONLY, "open " + path);
  // 0 is the writer itself, whatever its pid namespace.
  if (!write_all(file.get(), "0")) fail("join " + path);
}

/** Moving a whole process stops every fork and exit of the host for a grace period, some 10 ms; moving only
 *  the thread that asks does not. */
static void join_v1(const std::string& path) { join(directory_of(path) + "/tasks"); }

void join_v1_cgroups(const std::vector<std::string>& procs_files) {
  for (const std::string& path : procs_files)
    if (!is_unified(path)) join_v1(path);
}

void join_cgroups(const std::vector<std::string>& procs_files) {
  join_v1_cgroups(procs_files);
  for (const std::string& path : procs_files)
    if (is_unified(path)) join(path);
}
