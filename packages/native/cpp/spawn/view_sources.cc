#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"
#include "tree_root.h"

static bool is_at_or_below(const std::string& path, const std::string& directory) {
  return path == directory || path.starts_with(directory + "/");
}

/** What the tree is made of, and what is kept of it: the tree itself must not have it in a view. */
static std::vector<std::string> own_paths(const TreeSpec& spec) {
  std::vector<std::string> paths{spec.run_directory, spec.root.directory, spec.root.upper, spec.root.work};
  for (const MountSpec& mount : spec.mounts) {
    paths.push_back(mount.source);
    paths.push_back(mount.upper);
    paths.push_back(mount.work);
  }
  std::erase(paths, "");
  return paths;
}

/** No link is followed in either path, so that the names tell. */
static void refuse_own(const TreeSpec& spec, const std::string& target, const std::string& source) {
  for (const std::string& own : own_paths(spec))
    if (is_at_or_below(own, source))
      fail("mount " + target + ": " + source + " holds " + own +
               ", which is the tree's own: it would contain itself",
           ELOOP);
}

static void refuse_cycles(const TreeSpec& spec) {
  if (leaves_out("cycles")) return;
  for (const std::string& lower : spec.root.lowers) refuse_own(spec, "/", lower);
  for (const MountSpec& mount : spec.mounts) {
    if (mount.kind == MountSpec::Kind::bind) refuse_own(spec, mount.target, mount.bound.whole());
    for (const HostPathBelow& lower : mount.lowers) refuse_own(spec, mount.target, lower.whole());
  }
}

/** Mounts made there would appear on the host. */
static void refuse_below_shared(const TreeSpec& spec) {
  for (const MountSpec& outer : spec.mounts)
    for (const MountSpec& mount : spec.mounts)
      if (outer.propagation == Propagation::shared && &outer != &mount &&
          is_at_or_below(mount.target, outer.target))
        fail("mount " + mount.target + ": it is at or below " + outer.target +
                 ", which is shared with the host: it would be mounted there too",
             EINVAL);
}

/** Whether the mount that a descriptor is on is in a peer group, so that what is mounted below it is passed
 * on. */
static bool passes_mounts_on(int fd, const std::string& step) {
  const std::string id = std::to_string(mount_of(fd, step)) + " ";
  UniqueFd file = check_fd(open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC), "read mounts");
  const std::string table = "\n" + read_all(file.get(), 64 << 20);
  const size_t at = table.find("\n" + id);
  if (at == std::string::npos) return false;
  const std::string line = table.substr(at, table.find('\n', at + 1) - at);
  return line.substr(0, line.find(" - ")).find(" shared:") != std::string::npos;
}

static UniqueFd open_bound(const MountSpec& mount) {
  const std::string path = mount.bound.whole();
  UniqueFd source = open_host_path(mount.bound, 0, "open " + path);
  struct stat found;
  check(fstat(source.get(), &found), "ask about " + path);
  const bool is_directory = S_ISDIR(found.st_mode);
  if (!is_directory && !S_ISREG(found.st_mode) && !S_ISSOCK(found.st_mode))
    fail("mount " + mount.target + ": " + path + " is neither directory, file nor socket", EINVAL);
  if (mount.propagation != Propagation::none) {
    const std::string word = mount.propagation == Propagation::slave ? "slave" : "shared";
    if (!is_directory)
      fail("mount " + mount.target + ": nothing can be mounted below a file: propagation " + word +
               " is for directories",
           ENOTDIR);
    if (!passes_mounts_on(source.get(), path))
      fail("mount " + mount.target + ": propagation " + word + " needs " + path +
               " to be on a shared mount of the host, and it is on a private one (mount --make-shared)",
           EINVAL);
  }
  UniqueFd clone = clone_mount(source.get(), path);
  if (!mount.flags.read_only && is_read_only(clone.get(), path))
    fail("mount " + mount.target + ": the host has " + path + " mounted read only", EROFS);
  return clone;
}

static std::string directory_of(const std::string& path) {
  const size_t slash = path.rfind('/');
  return slash == 0 ? "/" : path.substr(0, slash);
}

/** Both are reached through one mount, or the overlay would not take them. */
static UniqueFd open_upper(const std::string& upper, const std::string& work) {
  const std::string directory = directory_of(upper);
  if (directory_of(work) != directory || upper == work)
    fail("overlay: " + upper + " and " + work + " must lie in one directory", EINVAL);
  UniqueFd both = open_plain(directory, O_PATH | O_DIRECTORY, "open " + directory);
  for (const std::string& path : {upper, work})
    open_below(both.get(), path.substr(path.rfind('/') + 1), O_PATH | O_DIRECTORY, "open " + path);
  UniqueFd clone = clone_mount(both.get(), directory);
  if (is_read_only(clone.get(), directory))
    fail("overlay: " + directory + " is read only on the host", EROFS);
  return clone;
}

static std::vector<UniqueFd> open_layers(const std::vector<HostPathBelow>& lowers, const std::string& upper,
                                         const std::string& work) {
  std::vector<UniqueFd> layers;
  for (const HostPathBelow& lower : lowers) {
    const std::string path = lower.whole();
    UniqueFd opened = open_host_path(lower, O_DIRECTORY, "open " + path);
    layers.push_back(clone_mount(opened.get(), path));
  }
  layers.push_back(open_upper(upper, work));
  return layers;
}

void open_sources(RootInProgress& tree) {
  refuse_cycles(tree.spec);
  refuse_below_shared(tree.spec);
  const RootSpec& root = tree.spec.root;
  if (root.kind == RootSpec::Kind::overlay) {
    std::vector<HostPathBelow> lowers;
    for (const std::string& lower : root.lowers) lowers.push_back({lower, ""});
    tree.root_layers = open_layers(lowers, root.upper, root.work);
  }
  for (const MountSpec& mount : tree.spec.mounts) {
    if (mount.kind == MountSpec::Kind::bind)
      tree.sources[&mount].push_back(open_bound(mount));
    else if (mount.kind == MountSpec::Kind::overlay)
      tree.sources[&mount] = open_layers(mount.lowers, mount.upper, mount.work);
    else if (mount.kind == MountSpec::Kind::sysfs)
      tree.networks = {check_fd(open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), "open own network"),
                       open_plain(tree.spec.netns, O_RDONLY, "open netns " + tree.spec.netns)};
  }
}

void check_sources(const TreeSpec& spec) {
  refuse_reserved(spec.root);
  RootInProgress tree{spec, -1, UniqueFd()};
  open_sources(tree);
}
