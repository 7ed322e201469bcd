#include "tree_spec.h"

#include "capabilities.h"
#include "failure.h"
#include "field_reader.h"
#include "paths.h"

static constexpr uint32_t kIdCount = 65536;

static void require_hostname(const std::string& name) {
  bool plain = !name.empty() && name.size() <= 64 && name[0] != '-' && name[0] != '.';
  for (const char c : name)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.');
  if (!plain) fail("hostname must be 1 to 64 letters, digits, - and .", EINVAL);
}

/** `size` and `mode` become mount options: nothing that could add a second option may pass. */
static void require_option(const std::string& value, const char* allowed, const char* field) {
  if (value.empty() || value.size() > 16 || value.find_first_not_of(allowed) != std::string::npos)
    fail(std::string(field) + " of a tmpfs has characters other than " + allowed, EINVAL);
}

static MountSpec read_mount(FieldReader& fields) {
  MountSpec mount{};
  const std::string kind = fields.text("kind");
  mount.target = fields.text("target");
  if (plain_parts(mount.target, "mount target").empty()) fail("mount target must not be /", EINVAL);
  if (kind == "storage") {
    mount.kind = MountSpec::Kind::storage;
    mount.source = fields.text("source");
    plain_parts(mount.source, "storage path");
    mount.read_only = fields.flag("readOnly");
  } else if (kind == "tmpfs") {
    mount.kind = MountSpec::Kind::tmpfs;
    mount.size = fields.text("size");
    mount.mode = fields.text("mode");
    require_option(mount.size, "0123456789kmgKMG%", "size");
    require_option(mount.mode, "01234567", "mode");
  } else if (kind == "file") {
    mount.kind = MountSpec::Kind::file;
    mount.content = fields.bytes("content");
  } else {
    fail("mount kind must be storage, tmpfs or file", EINVAL);
  }
  return mount;
}

TreeSpec parse_tree_spec(const std::string& message) {
  FieldReader fields(message);
  TreeSpec spec{};
  spec.run_directory = fields.text("runDirectory");
  plain_parts(spec.run_directory, "runDirectory");
  spec.hostname = fields.text("hostname");
  require_hostname(spec.hostname);
  // Host id 0 is never part of a range, and 4294967295 means "no id": the last id must stay below it.
  spec.id_base = static_cast<uint32_t>(fields.number("idBase", kIdCount, UINT32_MAX - uint64_t{kIdCount}));
  spec.id_count = static_cast<uint32_t>(fields.number("idCount", kIdCount, kIdCount));
  spec.netns = fields.text("netns");
  plain_parts(spec.netns, "netns");
  spec.cgroup_procs_files = fields.list("cgroupProcsFiles", 32);
  for (const std::string& file : spec.cgroup_procs_files) plain_parts(file, "cgroupProcsFiles");
  const std::string root = fields.text("root");
  if (root == "directory") {
    spec.root_directory = fields.text("rootPath");
    if (plain_parts(spec.root_directory, "root path").empty()) fail("root path must not be /", EINVAL);
    spec.root_read_only = fields.flag("rootReadOnly");
  } else if (root != "host-usr") {
    fail("root must be host-usr or directory", EINVAL);
  }
  const uint64_t mounts = fields.number("mounts", 0, 256);
  for (uint64_t i = 0; i < mounts; i++) spec.mounts.push_back(read_mount(fields));
  spec.command = fields.list("command", 4096);
  if (!spec.command.empty() && spec.command[0].empty()) fail("command must not be empty", EINVAL);
  spec.environment = fields.list("environment", 4096);
  spec.uid = static_cast<uid_t>(fields.number("uid", 0, kIdCount - 1));
  spec.gid = static_cast<gid_t>(fields.number("gid", 0, kIdCount - 1));
  spec.capabilities = capability_set(fields.list("capabilities", 64));
  spec.keeper_uid = static_cast<uid_t>(fields.number("keeperUid", 1, UINT32_MAX - 1));
  spec.keeper_gid = static_cast<gid_t>(fields.number("keeperGid", 1, UINT32_MAX - 1));
  spec.console_bytes = fields.number("consoleBytes", 4096, 1u << 30);
  fields.end();
  return spec;
}
