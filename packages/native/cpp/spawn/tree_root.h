#pragma once

#include <string>

#include "tree_spec.h"
#include "unique_fd.h"

/** The tree of mounts while it is built, with host credentials, in a mount namespace of its own. */
struct RootInProgress {
  const TreeSpec& spec;
  int user_namespace;
  /** The root of the new tree, attached. */
  UniqueFd root;
  /** Where the files that the spec brings lie, once there is one; and how many there are. */
  UniqueFd files{};
  int file_count = 0;

  /** Opens a directory of the new tree, made (0755, root of the tree) where it is missing; follows no link.
   */
  UniqueFd directory(const std::string& path) const;
  /** The same for a file. */
  UniqueFd file(const std::string& path) const;
  /** `uid` and `gid` options that make a new file system belong to root of the tree. */
  std::string owner() const { return std::to_string(spec.id_base); }
};

/**
 * Builds the whole tree of mounts, makes it the root, and answers with a mount namespace that belongs to the
 * user namespace and holds a copy of it. The copy is what locks: mounts that come from a more privileged
 * namespace cannot be unmounted, moved or changed from inside. Must run in the tree's pid and ipc namespaces.
 */
UniqueFd build_locked_tree(const TreeSpec& spec, int user_namespace);

void mount_host_usr(RootInProgress& tree, int stage);
void seal_host_usr(RootInProgress& tree);
void mount_directory(RootInProgress& tree, int stage);
void mount_devices(RootInProgress& tree);
void mount_process_table(const RootInProgress& tree);
void mount_on_top(RootInProgress& tree, const MountSpec& mount);
