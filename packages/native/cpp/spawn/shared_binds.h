#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "pipes.h"
#include "unique_fd.h"

/** A bind whose mounts appear on the host too, and the host's in it. */
struct SharedBind {
  std::string target;
  /** In the peer group of the host's mount, attached nowhere yet. */
  UniqueFd source;
};

/**
 * Copying a mount namespace into a user namespace takes every mount out of its peer group
 * (mount_namespaces(7)), and what is attached to the copy afterwards is not locked. Only what reaches the
 * copy by propagation is both a peer and locked. So a helper, which keeps host credentials and the mount
 * namespace that was copied, attaches a stage to both sides, in one peer group, and mounts the source onto
 * its own.
 */
class SharedBindHelper {
 public:
  /** Forks the helper; nothing where there is nothing to do. Called after the new root is in place. */
  explicit SharedBindHelper(const std::vector<SharedBind>& binds);
  /** `copy` is the tree's mount namespace. Throws what the helper failed with. */
  void attach_to(int copy);

 private:
  pid_t helper_ = -1;
  SocketPair copies_{};
  Pipe failures_{};
};
