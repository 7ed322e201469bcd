#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

/** A path of the host below a directory that its owner declared; `path` is relative, empty for the prefix
 * itself. */
struct HostPathBelow {
  std::string prefix;
  std::string path;

  std::string whole() const {
    if (path.empty()) return prefix;
    return (prefix == "/" ? "" : prefix) + "/" + path;
  }
};

/** What one mount allows, and no other one of the same file system. */
struct MountFlags {
  bool read_only = false;
  bool nosuid = true;
  bool nodev = true;
  bool noexec = false;
  bool nosymfollow = false;
};

enum class Propagation { none, slave, shared };

/** One mount on top of the root; which fields mean something depends on its kind. */
struct MountSpec {
  enum class Kind { storage, tmpfs, file, bind, overlay, devpts, proc, sysfs, mqueue, mask } kind;
  std::string target;
  /** storage: a directory of the tree's own. */
  std::string source{};
  /** bind */
  HostPathBelow bound{};
  bool idmapped = false;
  Propagation propagation = Propagation::none;
  /** tmpfs; no `inodes`: as the kernel has it. */
  std::string size{};
  std::string mode{};
  uint64_t inodes = 0;
  /** file */
  std::string content{};
  /** overlay: the uppermost first. */
  std::vector<HostPathBelow> lowers{};
  std::string upper{};
  std::string work{};
  MountFlags flags{};
};

struct RootSpec {
  enum class Kind { host_usr, directory, overlay, view } kind;
  std::string directory{};
  std::vector<std::string> lowers{};
  std::string upper{};
  std::string work{};
  bool read_only = false;
};

/** What a profile decides for every process of the tree. */
struct ConfinementSpec {
  bool no_new_privileges;
  bool chroot;
  /** /proc shows the tree's own processes and nothing else. */
  bool own_processes_only;
  bool mount_broker;
};

/** As setrlimit(2) takes it, for the soft and the hard limit alike. */
struct ResourceLimit {
  int resource;
  uint64_t value;
};

/** What is to be built and started; every field is checked by parse_tree_spec. */
struct TreeSpec {
  std::string run_directory;
  std::string hostname;
  uint32_t id_base;
  uint32_t id_count;
  std::string netns;
  std::vector<std::string> cgroup_procs_files;
  RootSpec root;
  std::vector<MountSpec> mounts;
  /** Empty: the built-in init. */
  std::vector<std::string> command;
  std::vector<std::string> environment;
  uid_t uid;
  gid_t gid;
  uint64_t capabilities;
  ConfinementSpec confinement;
  std::vector<ResourceLimit> resource_limits;
  /** Names below the host's /dev. */
  std::vector<std::string> devices;
  uid_t keeper_uid;
  gid_t keeper_gid;
  uint64_t console_bytes;
};

TreeSpec parse_tree_spec(const std::string& message);
