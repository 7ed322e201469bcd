#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

static void hide(const RootInProgress& tree, int directory, const std::string& path) {
  UniqueFd cover =
      new_mount("tmpfs", {{"size", "4k"}, {"mode", "755"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
  attach_mount(cover.get(), directory, path);
}

static void mount_usr(const RootInProgress& tree) {
  UniqueFd source = open_plain("/usr", O_PATH | O_DIRECTORY, "open /usr of the host");
  UniqueFd usr = clone_mount(source.get(), "/usr of the host");
  uint64_t attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  if (!leaves_out("read-only")) attributes |= MOUNT_ATTR_RDONLY;
  // Never idmapped: root of the tree would read what only the host's root may.
  set_attributes(usr.get(), attributes, 0, leaves_out("plain-usr") ? tree.user_namespace : -1, "/usr");
  UniqueFd target = tree.directory("/usr");
  attach_mount(usr.get(), target.get(), "/usr");
  UniqueFd mounted = tree.directory("/usr");
  UniqueFd local(openat(mounted.get(), "local", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (local && !leaves_out("usr-local")) hide(tree, local.get(), "/usr/local");
}

/** Programs and their loader are named below / in every executable, whatever else is there. */
static void link_into_usr(const RootInProgress& tree) {
  for (const char* name : {"bin", "sbin", "lib", "lib64", "lib32", "libx32"}) {
    const std::string target = std::string("usr/") + name;
    if (access(("/" + target).c_str(), F_OK) != 0) continue;
    check(symlinkat(target.c_str(), tree.root.get(), name), "link /" + std::string(name));
  }
}

static bool is_mounted_by(const TreeSpec& spec, const char* target) {
  for (const MountSpec& mount : spec.mounts)
    if (mount.target == target) return true;
  return false;
}

static void mount_scratch(RootInProgress& tree, const char* path, const char* mode) {
  if (is_mounted_by(tree.spec, path)) return;
  mount_on_top(tree, {.kind = MountSpec::Kind::tmpfs, .target = path, .size = "50%", .mode = mode});
}

void mount_host_usr(RootInProgress& tree, int stage) {
  UniqueFd root =
      new_mount("tmpfs", {{"size", "1m"}, {"mode", "755"}, {"uid", tree.owner()}, {"gid", tree.owner()}},
                MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
  attach_mount(root.get(), stage, "the new root");
  tree.root = std::move(root);
  mount_usr(tree);
  link_into_usr(tree);
  tree.directory("/sys");
  mount_scratch(tree, "/tmp", "1777");
  mount_scratch(tree, "/run", "755");
}
