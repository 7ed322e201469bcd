#include "failure.h"
#include "paths.h"
#include "resource_limits.h"
#include "spec_parts.h"

ConfinementSpec read_confinement(FieldReader& fields) {
  ConfinementSpec confinement{};
  confinement.no_new_privileges = fields.flag("noNewPrivileges");
  confinement.chroot = fields.flag("chroot");
  const std::string proc = fields.text("proc");
  if (proc != "masked" && proc != "own") fail("proc must be masked or own", EINVAL);
  confinement.own_processes_only = proc == "own";
  confinement.mount_broker = fields.flag("mountBroker");
  return confinement;
}

static constexpr uint64_t kResourcesMost = 16;

std::vector<ResourceLimit> read_resource_limits(FieldReader& fields) {
  std::vector<ResourceLimit> limits;
  const uint64_t count = fields.number("resourceLimits", 0, kResourcesMost);
  for (uint64_t i = 0; i < count; i++) {
    const std::string name = fields.text("resource");
    const int resource = resource_named(name);
    if (resource < 0) fail("resource limit " + name + " is none of setrlimit(2)", EINVAL);
    limits.push_back({resource, fields.number("limit", 0, INT64_MAX)});
  }
  return limits;
}

std::vector<std::string> read_devices(FieldReader& fields) {
  std::vector<std::string> devices = fields.list("devices", 64);
  for (const std::string& device : devices) plain_parts("/" + device, "device");
  return devices;
}
