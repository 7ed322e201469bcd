#include "broker_mounts.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>

#include <algorithm>
#include <climits>
#include <cstdlib>
#include <utility>

#include "failure.h"
#include "mount_calls.h"
#include "mutant.h"
#include "paths.h"

namespace {

using Options = std::vector<std::pair<std::string, std::string>>;

/** In one tree at once, beside those that it began with: whoever looks for a mount on the host passes them
 * all. */
constexpr size_t kMountsMost = 128;
/** A line of it can be 16 kB long. */
constexpr size_t kTableMost = 1 << 20;
/** Terminals are one number for the whole host: none of a tree's further file systems gives out many. */
constexpr uint64_t kTerminalsMost = 64;
constexpr size_t kTerminalSystemsMost = 8;
constexpr uint64_t kBytesOfInode = 4096;

/** Flags of mount(2) that say how a new mount is to be used. */
constexpr struct {
  uint64_t flag;
  uint64_t attribute;
} kFlags[] = {{MS_RDONLY, MOUNT_ATTR_RDONLY},
              {MS_NOSUID, MOUNT_ATTR_NOSUID},
              {MS_NODEV, MOUNT_ATTR_NODEV},
              {MS_NOEXEC, MOUNT_ATTR_NOEXEC},
              {MS_NOATIME, MOUNT_ATTR_NOATIME},
              {MS_NODIRATIME, MOUNT_ATTR_NODIRATIME},
              {MS_STRICTATIME, MOUNT_ATTR_STRICTATIME},
              {MS_RELATIME, 0},
              {MS_SILENT, 0}};

/** Of Linux before 2.4; many programs still set it. */
constexpr uint64_t kMagic = 0xC0ED0000;

uint64_t attributes_of(uint64_t flags) {
  if ((flags & 0xffff0000) == kMagic) flags &= 0xffff;
  uint64_t attributes = 0;
  for (const auto& [flag, attribute] : kFlags) {
    if (flags & flag) attributes |= attribute;
    flags &= ~flag;
  }
  // Bind, move, remount, propagation.
  if (flags != 0) fail("mount with such flags", EPERM);
  return attributes;
}

Options split(std::string_view text) {
  Options options;
  while (!text.empty()) {
    const size_t end = std::min(text.find(','), text.size());
    const std::string_view one = text.substr(0, end);
    const size_t equal = one.find('=');
    if (!one.empty() && one != "defaults")
      options.emplace_back(one.substr(0, equal),
                           equal == std::string_view::npos ? "" : one.substr(equal + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return options;
}

bool is_any_of(const std::string& name, std::initializer_list<const char*> names) {
  return std::ranges::any_of(names, [&](const char* one) { return name == one; });
}

void require_known(const Options& options, std::initializer_list<const char*> names) {
  for (const auto& [name, value] : options)
    if (!is_any_of(name, names)) fail("mount with " + name, EINVAL);
}

UniqueFd open_from_root(int root, const std::string& path, uint64_t flags) {
  open_how how{};
  how.flags = flags | O_PATH | O_CLOEXEC;
  how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
  return check_fd(syscall(SYS_openat2, root, path.c_str(), &how, sizeof how), "open the target");
}

std::string read_file_at(int directory, const char* path, size_t most) {
  UniqueFd file = check_fd(openat(directory, path, O_RDONLY | O_CLOEXEC), std::string("read ") + path);
  return read_all(file.get(), most);
}

std::string table_of_mounts(const MountSources& sources) {
  return read_file_at(sources.processes.get(), "self/mountinfo", kTableMost);
}

void require_room(const MountSources& sources) {
  if (leaves_out("mount-count")) return;
  const size_t count = count_mounts(sources);
  if (count == kUncounted || count >= sources.mounts_at_first + kMountsMost)
    fail("mount: there are too many", ENOSPC);
}

/** Half of the memory, or the tree's limit on it where that is less: what is in a tmpfs is charged to the
 * tree. */
uint64_t memory_most(const MountSources& sources, uint64_t whole) {
  uint64_t most = whole / 2;
  for (const UniqueFd& file : sources.memory_limits) {
    char text[32] = "";
    if (pread(file.get(), text, sizeof text - 1, 0) <= 0) continue;
    const uint64_t limit = std::strtoull(text, nullptr, 10);
    if (limit > 0) most = std::min(most, limit);
  }
  return most;
}

uint64_t memory_of_host() {
  struct sysinfo info;
  check(sysinfo(&info), "ask for the memory");
  return static_cast<uint64_t>(info.totalram) * info.mem_unit;
}

UniqueFd new_tmpfs(const MountSources& sources, const Options& asked, uint64_t attributes) {
  require_known(asked, {"size", "nr_blocks", "nr_inodes", "mode", "uid", "gid", "inode32", "inode64"});
  const uint64_t whole = memory_of_host();
  const uint64_t most = leaves_out("bounded-tmpfs") ? UINT64_MAX : memory_most(sources, whole);
  uint64_t size = most, inodes = whole / 2 / kBytesOfInode;
  Options options;
  for (const auto& [name, value] : asked) {
    if (name == "size") size = bounded_size(value, most, whole);
    if (name == "nr_inodes") inodes = bounded_size(value, inodes, inodes);
    if (is_any_of(name, {"mode", "uid", "gid"})) options.emplace_back(name, value);
  }
  options.emplace_back("size", std::to_string(size));
  options.emplace_back("nr_inodes", std::to_string(inodes));
  const uint64_t forced = leaves_out("nosuid-mounts") ? 0 : MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
  return new_mount("tmpfs", options, attributes | forced);
}

size_t count_of(const std::string& text, std::string_view part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) count++;
  return count;
}

UniqueFd new_terminals(const MountSources& sources, const Options& asked, uint64_t attributes) {
  if (count_of(table_of_mounts(sources), " - devpts ") >= kTerminalSystemsMost && !leaves_out("mount-count"))
    fail("mount devpts: there are too many", ENOSPC);
  require_known(asked, {"newinstance", "ptmxmode", "mode", "gid", "uid", "max"});
  Options options{{"max", std::to_string(kTerminalsMost)}};
  for (const auto& [name, value] : asked) {
    if (name == "max")
      options[0].second = std::to_string(bounded_size(value, kTerminalsMost, kTerminalsMost));
    if (is_any_of(name, {"ptmxmode", "mode", "gid", "uid"})) options.emplace_back(name, value);
  }
  return new_mount("devpts", options, attributes | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);
}

/** Of the tree's ipc namespace, which is ours. */
UniqueFd new_plain(const std::string& type, const Options& asked, uint64_t attributes) {
  require_known(asked, {});
  return new_mount(type.c_str(), {}, attributes | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/** The tree's own part: our cgroup namespace is the tree's. */
UniqueFd new_groups(const std::string& type, const Options& asked, uint64_t attributes) {
  const bool is_v2 = type == "cgroup2";
  if (is_v2)
    require_known(asked, {"nsdelegate", "memory_recursiveprot", "memory_hugetlb_accounting"});
  else
    require_known(asked, {"none", "name", "cpu", "cpuacct", "cpuset", "memory", "devices", "freezer", "blkio",
                          "pids", "net_cls", "net_prio", "perf_event", "hugetlb", "rdma", "misc"});
  const uint64_t forced = leaves_out("read-only-groups") ? 0 : MOUNT_ATTR_RDONLY;
  return new_mount(type.c_str(), is_v2 ? Options{} : asked,
                   attributes | forced | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/** The one that the tree has, with all of its masks: a new one would have none. */
UniqueFd same_processes(const MountSources& sources, const Options& asked, uint64_t attributes) {
  require_known(asked, {});
  UniqueFd copy = check_fd(open_tree(sources.own_processes.get(), "",
                                     AT_EMPTY_PATH | OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | AT_RECURSIVE),
                           "clone /proc");
  if (attributes != 0) set_attributes(copy.get(), attributes, 0, -1, "/proc");
  return copy;
}

bool is_same_place(int one, int other) {
  struct statx a, b;
  for (const auto& [fd, found] : {std::pair{one, &a}, std::pair{other, &b}})
    check(statx(fd, "", AT_EMPTY_PATH, STATX_INO | STATX_MNT_ID, found), "look at the target");
  return a.stx_mnt_id == b.stx_mnt_id && a.stx_ino == b.stx_ino;
}

/** As the kernel does: the same file system is not put on top of itself. */
void require_other_file_system(int mount, int target) {
  struct stat a, b;
  check(fstat(mount, &a), "look at the mount");
  check(fstat(target, &b), "look at the target");
  if (a.st_dev == b.st_dev && a.st_ino == b.st_ino) fail("mount: it is there already", EBUSY);
}

UniqueFd open_target(MountCall& call) {
  return call.place ? std::move(call.place) : open_from_root(call.root.get(), call.target, O_DIRECTORY);
}

/** Where something may come to lie: not over a root, the caller's or the tree's, nor over the reserved name. */
UniqueFd open_free_target(MountCall& call, const MountSources& sources) {
  UniqueFd target = open_target(call);
  const bool is_root = is_same_place(target.get(), call.root.get()) ||
                       (is_same_place(target.get(), sources.root.get()) && !leaves_out("own-root"));
  if (is_root) fail("mount over the root", EPERM);
  if (mount_of(target.get(), "the target") == sources.reserved_mount)
    fail("mount over a reserved name", EPERM);
  return target;
}

/** Of a mount that is there: it can be made read only, and nothing that it forbids is allowed again. */
bool is_tightening(uint64_t flags) {
  constexpr uint64_t kAsked = MS_REMOUNT | MS_BIND | MS_RDONLY;
  return (flags & kAsked) == kAsked;
}

void tighten(MountCall& call) {
  const UniqueFd target = open_target(call);
  set_attributes(target.get(), attributes_of(call.flags & ~uint64_t{MS_REMOUNT | MS_BIND}), 0, -1,
                 "the target");
}

/** Of a mount that the tree made: the others are locked, by the kernel. */
void move_for(MountCall& call, const MountSources& sources) {
  const UniqueFd source = open_from_root(call.root.get(), call.source, O_DIRECTORY);
  const UniqueFd target = open_free_target(call, sources);
  attach_mount(source.get(), target.get(), "what is moved");
}

void mount_for(MountCall& call, const MountSources& sources) {
  if (is_tightening(call.flags)) return tighten(call);
  if (call.flags == MS_MOVE) return move_for(call, sources);
  const uint64_t attributes = attributes_of(call.flags);
  if (!is_any_of(call.type, {"tmpfs", "proc", "devpts", "mqueue", "cgroup", "cgroup2"}) &&
      !leaves_out("mount-kinds"))
    fail("mount " + call.type, EPERM);
  const UniqueFd target = open_free_target(call, sources);
  require_room(sources);
  const Options options = split(call.options);
  UniqueFd made;
  if (call.type == "tmpfs")
    made = new_tmpfs(sources, options, attributes);
  else if (call.type == "devpts")
    made = new_terminals(sources, options, attributes);
  else if (call.type == "proc")
    made = same_processes(sources, options, attributes);
  else if (call.type.starts_with("cgroup"))
    made = new_groups(call.type, options, attributes);
  else
    made = new_plain(call.type, options, attributes);
  require_other_file_system(made.get(), target.get());
  attach_mount(made.get(), target.get(), call.type);
}

void unmount_for(const MountCall& call, const MountSources& sources) {
  constexpr uint64_t kKnown = MNT_FORCE | MNT_DETACH | MNT_EXPIRE | UMOUNT_NOFOLLOW;
  if (call.flags & ~kKnown) fail("unmount with such flags", EINVAL);
  UniqueFd target =
      open_from_root(call.root.get(), call.target, call.flags & UMOUNT_NOFOLLOW ? O_NOFOLLOW : 0);
  char path[PATH_MAX];
  const std::string own = "self/fd/" + std::to_string(target.get());
  const ssize_t n =
      check(readlinkat(sources.processes.get(), own.c_str(), path, sizeof path - 1), "find the target");
  path[n] = '\0';
  if (path[0] != '/' || path[1] == '\0') fail("unmount the root", EINVAL);
  // Held open, it would be busy. Whatever is there by now is a mount of the tree: what the tree began with is
  // locked, by the kernel.
  target.reset();
  check(umount2(path, static_cast<int>((call.flags & (MNT_DETACH | MNT_EXPIRE)) | UMOUNT_NOFOLLOW)),
        "unmount");
}

}  // namespace

size_t count_mounts(const MountSources& sources) {
  const std::string table = table_of_mounts(sources);
  // One that was cut has more than can be counted.
  if (table.size() >= kTableMost) return kUncounted;
  return static_cast<size_t>(std::ranges::count(table, '\n'));
}

uint64_t bounded_size(std::string_view size, uint64_t most, uint64_t whole) {
  const std::string text(size);
  char* rest = nullptr;
  if (text.empty() || text[0] < '0' || text[0] > '9') return most;
  uint64_t value = std::strtoull(text.c_str(), &rest, 10);
  if (*rest == '%') return std::clamp<uint64_t>(value > 100 ? whole : whole / 100 * value, 1, most);
  for (const auto& [letter, shift] : {std::pair{'k', 10}, {'m', 20}, {'g', 30}, {'t', 40}})
    if ((*rest | 0x20) == letter) value = value > (most >> shift) ? most : value << shift;
  return value == 0 ? most : std::min(value, most);
}

void carry_out(MountCall call, const MountSources& sources) {
  if (call.is_umount)
    unmount_for(call, sources);
  else
    mount_for(call, sources);
}
