#include "tree_spec.h"

#include "capabilities.h"
#include "failure.h"
#include "field_reader.h"
#include "paths.h"
#include "spec_parts.h"

static constexpr uint32_t kIdCount = 65536;

static void require_hostname(const std::string& name) {
  bool plain = !name.empty() && name.size() <= 64 && name[0] != '-' && name[0] != '.';
  for (const char c : name)
    plain = plain && ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '.');
  if (!plain) fail("hostname must be 1 to 64 letters, digits, - and .", EINVAL);
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
  // Two ranges are then the same or have no id in common, whatever an agent claims.
  if (spec.id_base % kIdCount != 0) fail("field idBase must be a multiple of 65536", EINVAL);
  spec.id_count = static_cast<uint32_t>(fields.number("idCount", kIdCount, kIdCount));
  spec.netns = fields.text("netns");
  plain_parts(spec.netns, "netns");
  spec.cgroup_procs_files = fields.list("cgroupProcsFiles", 32);
  for (const std::string& file : spec.cgroup_procs_files) plain_parts(file, "cgroupProcsFiles");
  spec.root = read_root(fields);
  const uint64_t mounts = fields.number("mounts", 0, 256);
  for (uint64_t i = 0; i < mounts; i++) spec.mounts.push_back(read_mount(fields));
  spec.command = fields.list("command", 4096);
  if (!spec.command.empty() && spec.command[0].empty()) fail("command must not be empty", EINVAL);
  spec.environment = fields.list("environment", 4096);
  spec.uid = static_cast<uid_t>(fields.number("uid", 0, kIdCount - 1));
  spec.gid = static_cast<gid_t>(fields.number("gid", 0, kIdCount - 1));
  spec.capabilities = capability_set(fields.list("capabilities", 64));
  spec.confinement = read_confinement(fields);
  spec.resource_limits = read_resource_limits(fields);
  spec.devices = read_devices(fields);
  spec.keeper_uid = static_cast<uid_t>(fields.number("keeperUid", 1, UINT32_MAX - 1));
  spec.keeper_gid = static_cast<gid_t>(fields.number("keeperGid", 1, UINT32_MAX - 1));
  spec.console_bytes = fields.number("consoleBytes", 4096, 1u << 30);
  fields.end();
  return spec;
}
