#pragma once

#include <map>
#include <string>
#include <vector>

#include "shared_binds.h"
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
  /** What mounts of the host are made of, as mounts that are attached nowhere yet: of a bind its source, of
   * an overlay its lower layers and then the directory that holds upper and work. */
  std::map<const MountSpec*, std::vector<UniqueFd>> sources{};
  /** The same for a root that is an overlay. */
  std::vector<UniqueFd> root_layers{};
  /** Of the process that builds, and of the tree; opened where the spec has a sysfs. */
  struct Networks {
    UniqueFd own{}, tree{};
  } networks{};
  /** The other end of the tree's console. */
  UniqueFd console{};
  /** An empty directory that nobody writes, where it covers the first place that it covers. */
  UniqueFd nothing{};
  /** Mounted last, and by another way. */
  std::vector<SharedBind> shared{};

  /** Opens a directory of the new tree, made (0755, root of the tree) where it is missing; follows no link.
   */
  UniqueFd directory(const std::string& path) const;
  /** The same for a file. */
  UniqueFd file(const std::string& path) const;
  /** Attaches a mount at a directory or file of the new tree, made where it is missing, and refuses when it
   * is not found there afterwards: somebody moved the place away meanwhile. */
  void place(const UniqueFd& mount, const std::string& path, bool is_file, const std::string& step) const;
  /** `uid` and `gid` options that make a new file system belong to root of the tree. */
  std::string owner() const { return std::to_string(spec.id_base); }
};

struct LockedTree {
  /** A mount namespace. */
  UniqueFd mounts{};
  /** The one that they were copied from. Whoever lets go of it last waits until the kernel has taken all of it
   * apart: not the mounter, whom the tree waits for. */
  UniqueFd workshop{};
  /** The other end of the terminal that the tree has as /dev/console; empty where it has none. */
  UniqueFd console{};
};

/** Whether there is a /dev/console of its own: where an init of its own may be the first process, and none
 * is given. */
bool has_console(const TreeSpec& spec);

/**
 * Builds the whole tree of mounts, makes it the root, and answers with a mount namespace that belongs to the
 * user namespace and holds a copy of it. The copy is what locks: mounts that come from a more privileged
 * namespace cannot be unmounted, moved or changed from inside. Must run in the tree's pid and ipc namespaces.
 */
LockedTree build_locked_tree(const TreeSpec& spec, int user_namespace);

/** The root of the kind that the spec names, mounted at `stage`. */
void mount_root(RootInProgress& tree, int stage);
/** Nothing can be put into a / that is memory: it would be lost without a word. */
void seal_root(const RootInProgress& tree);

/** Files are made as root of the tree: through an idmapped mount, host root has no id to give them. */
void make_files_as(uint32_t id);

/** Everything of the host that the spec names is opened, and refused, before anything is mounted. */
void open_sources(RootInProgress& tree);

/** The same, before anything at all is made: what is refused here leaves nothing to be undone. What is
 * mounted is opened again, and judged again, by open_sources. */
void check_sources(const TreeSpec& spec);

/** Attaches, out of sight of the tree, a file system for what it is made of; answers with its place in
 * `files`. */
void attach_files(RootInProgress& tree);

/** No user makes a name of dots alone in a tree's root: an empty directory that nobody writes covers this
 * one. */
inline constexpr const char* kReservedName = "...";

/** Refuses a root that has something else of that name. */
void refuse_reserved(const RootSpec& root);
/** The cover; in a root on disk its place stays there, as those of /dev and /proc do. */
void mount_reserved(RootInProgress& tree);

/** What hides a directory, attached nowhere yet: an empty one that nobody writes. Making a file system takes longer
 * than all else that hides one: what covers `...` is shown once more, where it is mounted already. */
UniqueFd empty_directory(const RootInProgress& tree);

/** What a mount is given by its flags, as MOUNT_ATTR_*. */
uint64_t attributes_of(const MountFlags& flags);

void mount_view(RootInProgress& tree, int stage);
void mount_overlay_root(RootInProgress& tree, int stage);
void mount_bind(RootInProgress& tree, const MountSpec& mount);
void mount_overlay(RootInProgress& tree, const MountSpec& mount);
void mount_terminals_at(const RootInProgress& tree, const std::string& target);
void mount_message_queues(const RootInProgress& tree, const std::string& target);
void mount_copy_of_processes(const RootInProgress& tree, const std::string& target);
void mount_system_tree(const RootInProgress& tree, const std::string& target);
void mount_mask(const RootInProgress& tree, const std::string& target);

void mount_host_usr(RootInProgress& tree, int stage);
void mount_directory(RootInProgress& tree, int stage);
void mount_devices(RootInProgress& tree);
void mount_console(RootInProgress& tree);
void mount_place_of_groups(const RootInProgress& tree);
void mount_process_table(const RootInProgress& tree);
void mount_on_top(RootInProgress& tree, const MountSpec& mount);
