#include "tree_root.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"

/** Empty, with errno, where it cannot be opened. */
static UniqueFd find(int at, const std::string& path, bool is_file) {
  const int kind = O_PATH | (is_file ? 0 : O_DIRECTORY);
  return leaves_out("target-links") ? UniqueFd(openat(at, path.c_str(), kind | O_CLOEXEC))
                                    : find_below(at, path, static_cast<uint64_t>(kind));
}

static UniqueFd step_into(int parent, const std::string& name, bool is_file, const std::string& step) {
  const bool made = is_file ? mknodat(parent, name.c_str(), S_IFREG | 0644, 0) == 0
                            : mkdirat(parent, name.c_str(), 0755) == 0;
  if (!made && errno != EEXIST) fail(step);
  UniqueFd fd = find(parent, name, is_file);
  if (!fd) fail(step);
  return fd;
}

static UniqueFd walk(int root, const std::string& path, bool is_file) {
  const std::vector<std::string> parts = plain_parts(path, "path in the tree");
  const std::string step = "open " + path + " in the tree";
  // Most are there already, and found in one call.
  UniqueFd at = find(root, path.substr(1), is_file);
  if (!at) {
    if (errno != ENOENT) fail(step);
    at = check_fd(fcntl(root, F_DUPFD_CLOEXEC, 3), "open root");
    for (size_t i = 0; i < parts.size(); i++)
      at = step_into(at.get(), parts[i], is_file && i + 1 == parts.size(), step);
  }
  if (!is_file) return at;
  struct stat found;
  check(fstat(at.get(), &found), step);
  if (!S_ISREG(found.st_mode) && !S_ISSOCK(found.st_mode)) fail(step + ": there is something else", EINVAL);
  return at;
}

UniqueFd RootInProgress::directory(const std::string& path) const { return walk(root.get(), path, false); }
UniqueFd RootInProgress::file(const std::string& path) const { return walk(root.get(), path, true); }

static bool is_memory(const RootSpec& root) {
  return root.kind == RootSpec::Kind::host_usr || root.kind == RootSpec::Kind::view;
}

void RootInProgress::place(const UniqueFd& mount, const std::string& path, bool is_file,
                           const std::string& step) const {
  const UniqueFd target = walk(root.get(), path, is_file);
  attach_mount(mount.get(), target.get(), step);
  // Nobody else has what is memory of our own.
  if (is_memory(spec.root) || path.starts_with("/dev/") || leaves_out("place-check")) return;
  if (leaves_out("haste")) usleep(20'000);
  const UniqueFd there = walk(root.get(), path, is_file);
  if (mount_of(there.get(), step) != mount_of(mount.get(), step))
    fail("mount " + step + ": the place was moved away meanwhile", EBUSY);
}

void make_files_as(uint32_t id) {
  setfsgid(id);
  setfsuid(id);
  if (static_cast<uint32_t>(setfsuid(id)) != id) fail("make files as root of the tree", EPERM);
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[2]{};
  check(syscall(SYS_capget, &header, data), "read capabilities");
  // Leaving fsuid 0 took the file capabilities out of the effective set.
  for (auto& half : data) half.effective = half.permitted;
  check(syscall(SYS_capset, &header, data), "raise capabilities");
}

void mount_root(RootInProgress& tree, int stage) {
  switch (tree.spec.root.kind) {
    case RootSpec::Kind::host_usr:
      return mount_host_usr(tree, stage);
    case RootSpec::Kind::directory:
      return mount_directory(tree, stage);
    case RootSpec::Kind::overlay:
      return mount_overlay_root(tree, stage);
    case RootSpec::Kind::view:
      return mount_view(tree, stage);
  }
}

void seal_root(const RootInProgress& tree) {
  const RootSpec& root = tree.spec.root;
  const bool is_sealed = is_memory(root) && !leaves_out("sealed-root");
  const bool is_read_only = root.read_only && !leaves_out("read-only");
  if (is_sealed || is_read_only)
    set_attributes(tree.root.get(), MOUNT_ATTR_RDONLY, 0, -1, "the new root");
}
