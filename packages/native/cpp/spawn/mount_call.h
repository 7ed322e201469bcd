#pragma once

#include <linux/seccomp.h>

#include <cstdint>
#include <string>

#include "unique_fd.h"

/** A mount(2) or umount2(2) of a process of the tree, copied once. */
struct MountCall {
  bool is_umount;
  std::string source{};
  std::string type{};
  std::string options{};
  /** Absolute, from the caller's root. */
  std::string target{};
  uint64_t flags;
  /** The caller's root directory. */
  UniqueFd root{};
  /** What the target is, where it is named by a descriptor of the caller. */
  UniqueFd place{};
};

/** Reads the call from the memory of the process that waits for `listener`. Throws Failure, with the errno
 * that the caller is to see: EPERM for whoever is not root of the tree with all of `capabilities`, EFAULT,
 * ENOENT when the process is gone. `processes`: the host's /proc. */
MountCall read_mount_call(int listener, const seccomp_notif& notice, int processes, uint64_t capabilities);
