#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

static void mount_storage(const RootInProgress& tree, const MountSpec& mount) {
  const std::string step = mount.target + " from " + mount.source;
  UniqueFd source = open_plain(mount.source, O_PATH | O_DIRECTORY, "open " + mount.source);
  UniqueFd storage = clone_mount(source.get(), mount.source);
  const uint64_t nodev = leaves_out("nodev") ? 0 : MOUNT_ATTR_NODEV;
  const uint64_t read_only = mount.flags.read_only && !leaves_out("read-only") ? MOUNT_ATTR_RDONLY : 0;
  // The host keeps this storage nosuid; inside, no_new_privs decides what suid means.
  set_attributes(storage.get(), nodev | read_only, MOUNT_ATTR_NOSUID,
                 leaves_out("idmapped-storage") ? -1 : tree.user_namespace, step);
  tree.place(storage, mount.target, false, step);
}

static void mount_tmpfs(const RootInProgress& tree, const MountSpec& mount) {
  std::vector<std::pair<std::string, std::string>> options{
      {"mode", mount.mode}, {"uid", tree.owner()}, {"gid", tree.owner()}};
  if (!leaves_out("tmpfs-limits")) {
    options.emplace_back("size", mount.size);
    if (mount.inodes > 0) options.emplace_back("nr_inodes", std::to_string(mount.inodes));
  }
  UniqueFd scratch = new_mount("tmpfs", options, attributes_of(mount.flags));
  tree.place(scratch, mount.target, false, mount.target);
}

/** Attached in this mount namespace: before Linux 6.15 only what is attached can be cloned. It goes with the
 * old root. */
void attach_files(RootInProgress& tree) {
  if (tree.files) return;
  UniqueFd files = new_mount("tmpfs", {{"mode", "755"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                             MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  UniqueFd place = open_plain("/sys", O_PATH | O_DIRECTORY, "open /sys of the host");
  attach_mount(files.get(), place.get(), "files of the tree");
  tree.files = check_fd(openat(files.get(), ".", O_PATH | O_DIRECTORY | O_CLOEXEC), "open new tmpfs");
}

static void mount_file(RootInProgress& tree, const MountSpec& mount) {
  attach_files(tree);
  const std::string name = std::to_string(tree.file_count++);
  UniqueFd file =
      check_fd(openat(tree.files.get(), name.c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0644),
               "write " + mount.target);
  if (!write_all(file.get(), mount.content)) fail("write " + mount.target);
  file.reset();
  UniqueFd content = check_fd(open_tree(tree.files.get(), name.c_str(), OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC),
                              "clone " + mount.target);
  set_attributes(content.get(),
                 (leaves_out("laid-files") ? 0 : MOUNT_ATTR_RDONLY) | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
                     MOUNT_ATTR_NOEXEC,
                 0, -1, mount.target);
  tree.place(content, mount.target, true, mount.target);
}

void mount_on_top(RootInProgress& tree, const MountSpec& mount) {
  switch (mount.kind) {
    case MountSpec::Kind::storage:
      return mount_storage(tree, mount);
    case MountSpec::Kind::tmpfs:
      return mount_tmpfs(tree, mount);
    case MountSpec::Kind::file:
      return mount_file(tree, mount);
    case MountSpec::Kind::bind:
      return mount_bind(tree, mount);
    case MountSpec::Kind::overlay:
      return mount_overlay(tree, mount);
    case MountSpec::Kind::devpts:
      return mount_terminals_at(tree, mount.target);
    case MountSpec::Kind::proc:
      return mount_copy_of_processes(tree, mount.target);
    case MountSpec::Kind::sysfs:
      return mount_system_tree(tree, mount.target);
    case MountSpec::Kind::mqueue:
      return mount_message_queues(tree, mount.target);
    case MountSpec::Kind::mask:
      return mount_mask(tree, mount.target);
  }
}
