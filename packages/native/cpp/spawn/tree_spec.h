#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

/** One mount on top of the root. */
struct MountSpec {
  enum class Kind { storage, tmpfs, file } kind;
  std::string target;
  std::string source;
  bool read_only;
  std::string size;
  std::string mode;
  std::string content;
};

/** What is to be built and started; every field is checked by parse_tree_spec. */
struct TreeSpec {
  std::string run_directory;
  std::string hostname;
  uint32_t id_base;
  uint32_t id_count;
  std::string netns;
  std::vector<std::string> cgroup_procs_files;
  /** Empty: the host's /usr. */
  std::string root_directory;
  bool root_read_only;
  std::vector<MountSpec> mounts;
  /** Empty: the built-in init. */
  std::vector<std::string> command;
  std::vector<std::string> environment;
  uid_t uid;
  gid_t gid;
  uint64_t capabilities;
  uid_t keeper_uid;
  gid_t keeper_gid;
  uint64_t console_bytes;
};

TreeSpec parse_tree_spec(const std::string& message);
