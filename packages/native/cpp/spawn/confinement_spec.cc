#include <sys/resource.h>

#include <iterator>

#include "failure.h"
#include "paths.h"
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

static constexpr struct {
  const char* name;
  int resource;
} kResources[] = {{"as", RLIMIT_AS},
                  {"core", RLIMIT_CORE},
                  {"cpu", RLIMIT_CPU},
                  {"data", RLIMIT_DATA},
                  {"fsize", RLIMIT_FSIZE},
                  {"memlock", RLIMIT_MEMLOCK},
                  {"msgqueue", RLIMIT_MSGQUEUE},
                  {"nofile", RLIMIT_NOFILE},
                  {"nproc", RLIMIT_NPROC},
                  {"sigpending", RLIMIT_SIGPENDING},
                  {"stack", RLIMIT_STACK}};

std::vector<ResourceLimit> read_resource_limits(FieldReader& fields) {
  std::vector<ResourceLimit> limits;
  const uint64_t count = fields.number("resourceLimits", 0, std::size(kResources));
  for (uint64_t i = 0; i < count; i++) {
    const std::string name = fields.text("resource");
    int resource = -1;
    for (const auto& known : kResources)
      if (name == known.name) resource = known.resource;
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
