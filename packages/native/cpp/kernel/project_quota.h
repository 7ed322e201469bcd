#pragma once

#include <cstdint>
#include <string>

namespace kernel {

/// What a directory's files are counted under.
struct Project {
  /// 0 is nobody's
  uint32_t id = 0;
  /// what is made in it gets the same id, and nothing of another id is renamed or linked into it
  bool inherits = false;
};

/// Bytes and files of one project on one file system; a limit of 0 is none.
struct ProjectQuota {
  uint64_t used_bytes = 0;
  uint64_t used_inodes = 0;
  uint64_t bytes = 0;
  uint64_t inodes = 0;
};

/// Nobody's where the file system of the directory knows no projects; there the others throw EOPNOTSUPP. No link is
/// followed.
Project read_project(const std::string& path);
/// The directory itself gets the id and passes it on; what is in it already keeps its own.
void set_project(const std::string& path, uint32_t id);
ProjectQuota read_project_quota(const std::string& path, uint32_t id);
/// Hard limits; they hold at once, also for those who use more. Bytes count in units of 1,024.
void set_project_quota(const std::string& path, uint32_t id, uint64_t bytes, uint64_t inodes);

}  // namespace kernel
