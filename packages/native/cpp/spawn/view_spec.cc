#include "failure.h"
#include "mutant.h"
#include "paths.h"
#include "spec_parts.h"

/** `size` and `mode` become mount options: nothing that could add a second option may pass. */
static void require_option(const std::string& value, const char* allowed, const char* field) {
  if (value.empty() || value.size() > 16 || value.find_first_not_of(allowed) != std::string::npos)
    fail(std::string(field) + " of a tmpfs has characters other than " + allowed, EINVAL);
}

static std::string read_directory(FieldReader& fields, const char* field) {
  std::string path = fields.text(field);
  if (plain_parts(path, field).empty()) fail(std::string(field) + " must not be /", EINVAL);
  return path;
}

static constexpr uint64_t kMostLowers = 64;

static HostPathBelow read_path_below(FieldReader& fields) {
  HostPathBelow below;
  below.prefix = fields.text("prefix");
  const bool is_root = plain_parts(below.prefix, "prefix").empty();
  below.path = fields.text("path");
  if (is_root && below.path.empty()) fail("what a view shows must not be / of the host", EINVAL);
  if (!below.path.empty()) plain_parts("/" + below.path, "path below " + below.prefix);
  return below;
}

static MountFlags read_flags(FieldReader& fields) {
  MountFlags flags;
  flags.read_only = fields.flag("readOnly");
  flags.nosuid = fields.flag("nosuid");
  flags.nodev = fields.flag("nodev");
  flags.noexec = fields.flag("noexec");
  flags.nosymfollow = fields.flag("nosymfollow");
  return flags;
}

static void read_tmpfs(FieldReader& fields, MountSpec& mount) {
  mount.size = fields.text("size");
  mount.mode = fields.text("mode");
  require_option(mount.size, "0123456789kmgKMG%", "size");
  require_option(mount.mode, "01234567", "mode");
  mount.inodes = fields.number("inodes", 0, uint64_t{1} << 40);
  mount.flags = read_flags(fields);
}

static Propagation read_propagation(FieldReader& fields) {
  const std::string word = fields.text("propagation");
  if (word == "private") return Propagation::none;
  if (word == "slave") return Propagation::slave;
  if (word != "shared") fail("propagation must be private, slave or shared", EINVAL);
  return Propagation::shared;
}

static void read_bind(FieldReader& fields, MountSpec& mount) {
  mount.bound = read_path_below(fields);
  mount.idmapped = fields.flag("idmapped");
  mount.propagation = read_propagation(fields);
  mount.flags = read_flags(fields);
}

static void read_overlay(FieldReader& fields, MountSpec& mount) {
  const uint64_t lowers = fields.number("lowers", 1, kMostLowers);
  for (uint64_t i = 0; i < lowers; i++) mount.lowers.push_back(read_path_below(fields));
  mount.upper = read_directory(fields, "upper");
  mount.work = read_directory(fields, "work");
  mount.flags = read_flags(fields);
}

static constexpr struct {
  const char* name;
  MountSpec::Kind kind;
} kMountKinds[] = {
    {"storage", MountSpec::Kind::storage}, {"tmpfs", MountSpec::Kind::tmpfs},
    {"file", MountSpec::Kind::file},       {"bind", MountSpec::Kind::bind},
    {"overlay", MountSpec::Kind::overlay}, {"devpts", MountSpec::Kind::devpts},
    {"proc", MountSpec::Kind::proc},       {"sysfs", MountSpec::Kind::sysfs},
    {"mqueue", MountSpec::Kind::mqueue},   {"mask", MountSpec::Kind::mask},
};

/** What every tree has, and masks are made of: a mount there would stand in for it. Masks below /proc only
 * hide more. */
static void refuse_own_places(const MountSpec& mount) {
  if (leaves_out("own-places")) return;
  const std::string& target = mount.target;
  const bool is_process_table = target == "/proc" || target.starts_with("/proc/");
  bool is_own = target == "/dev" || target == "/proc" || target == "/..." || target.starts_with("/.../") ||
                (is_process_table && mount.kind != MountSpec::Kind::mask);
  for (const char* node : {"null", "zero", "full", "random", "urandom", "tty"})
    is_own = is_own || target == "/dev/" + std::string(node);
  if (is_own) fail("mount target " + target + " is where the tree has its own", EBUSY);
}

static MountSpec::Kind read_kind(FieldReader& fields) {
  const std::string kind = fields.text("kind");
  for (const auto& known : kMountKinds)
    if (kind == known.name) return known.kind;
  fail("mount kind must be one of storage, tmpfs, file, bind, overlay, devpts, proc, sysfs, mqueue, mask",
       EINVAL);
}

MountSpec read_mount(FieldReader& fields) {
  MountSpec mount{read_kind(fields), fields.text("target")};
  if (plain_parts(mount.target, "mount target").empty()) fail("mount target must not be /", EINVAL);
  refuse_own_places(mount);
  switch (mount.kind) {
    case MountSpec::Kind::storage:
      mount.source = fields.text("source");
      plain_parts(mount.source, "storage path");
      mount.flags.read_only = fields.flag("readOnly");
      break;
    case MountSpec::Kind::tmpfs:
      read_tmpfs(fields, mount);
      break;
    case MountSpec::Kind::file:
      mount.content = fields.bytes("content");
      break;
    case MountSpec::Kind::bind:
      read_bind(fields, mount);
      break;
    case MountSpec::Kind::overlay:
      read_overlay(fields, mount);
      break;
    default:
      break;
  }
  return mount;
}

RootSpec read_root(FieldReader& fields) {
  RootSpec root{};
  const std::string kind = fields.text("root");
  if (kind == "host-usr") {
    root.kind = RootSpec::Kind::host_usr;
  } else if (kind == "view") {
    root.kind = RootSpec::Kind::view;
  } else if (kind == "directory") {
    root.kind = RootSpec::Kind::directory;
    root.directory = read_directory(fields, "rootPath");
    root.read_only = fields.flag("rootReadOnly");
  } else if (kind == "overlay") {
    root.kind = RootSpec::Kind::overlay;
    root.lowers = fields.list("rootLowers", kMostLowers);
    if (root.lowers.empty()) fail("an overlay root needs a lower directory", EINVAL);
    for (const std::string& lower : root.lowers)
      if (plain_parts(lower, "rootLowers").empty()) fail("rootLowers must not have /", EINVAL);
    root.upper = read_directory(fields, "rootUpper");
    root.work = read_directory(fields, "rootWork");
    root.read_only = fields.flag("rootReadOnly");
  } else {
    fail("root must be host-usr, directory, overlay or view", EINVAL);
  }
  return root;
}
