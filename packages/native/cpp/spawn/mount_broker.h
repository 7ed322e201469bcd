#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "unique_fd.h"

/**
 * Stands in for the CAP_SYS_ADMIN that no process of a tree holds: the filter hands each mount(2) and
 * umount2(2) to it, and it makes the mount itself, of what the profile names and nothing else. It never lets
 * the kernel go on with the caller's own call, whose arguments the caller could change meanwhile. It is a
 * process of its own beside the keeper: in the tree's groups, user, mount, network and ipc namespaces,
 * outside its pid namespace, with CAP_SYS_ADMIN and CAP_SYS_PTRACE (to read the arguments) of the tree's user
 * namespace and no other right.
 */
struct BrokerStart {
  /** The tree's first process, a pidfd: with it the broker ends. */
  int first_process;
  /** The mount namespace of the tree. */
  int mounts;
  /** Where the first process hands its listener over. */
  int hand_over;
  /** Where `exec` does. */
  int door;
  /** Failures before it serves are reported there. */
  int failures;
  /** Whoever may mount holds all of these. */
  uint64_t capabilities;
  const std::vector<std::string>& cgroup_procs_files;
};

[[noreturn]] void be_mount_broker(const BrokerStart& start);

/** The name of the socket in a run directory at which a broker takes listeners. */
constexpr const char* kBrokerDoor = "mounts.sock";

/** A connection to the broker of a tree; none where it has gone, or is stalled: then nobody can mount. */
UniqueFd knock_at_broker(const std::string& run_directory);
