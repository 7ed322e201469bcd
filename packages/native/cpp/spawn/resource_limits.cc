#include "resource_limits.h"

#include <sys/resource.h>

#include <algorithm>

#include "failure.h"
#include "mutant.h"

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

int resource_named(std::string_view name) {
  for (const auto& known : kResources)
    if (name == known.name) return known.resource;
  return -1;
}

const char* name_of_resource(int resource) {
  for (const auto& known : kResources)
    if (resource == known.resource) return known.name;
  return "?";
}

static rlimit limit_now(const ResourceLimit& limit) {
  rlimit now{};
  check(getrlimit(static_cast<__rlimit_resource>(limit.resource), &now),
        std::string("read the limit on ") + name_of_resource(limit.resource));
  return now;
}

void allow_limits(const std::vector<ResourceLimit>& limits) {
  for (const ResourceLimit& limit : limits) {
    rlimit now = limit_now(limit);
    if (limit.value <= now.rlim_cur) continue;
    const std::string step = std::string("set resourceLimits.") + name_of_resource(limit.resource) + " to " +
                             std::to_string(limit.value) + ": this host allows its root " +
                             std::to_string(now.rlim_max) + " at most; ask for no more";
    // Also the soft limit: of some, a user namespace allows its processes what its maker had.
    now.rlim_cur = limit.value;
    now.rlim_max = std::max<rlim_t>(now.rlim_max, limit.value);
    check(setrlimit(static_cast<__rlimit_resource>(limit.resource), &now), step);
  }
}

void set_limits(const std::vector<ResourceLimit>& limits) {
  if (leaves_out("resource-limits")) return;
  for (const ResourceLimit& limit : limits) {
    const rlimit exactly{limit.value, limit.value};
    check(setrlimit(static_cast<__rlimit_resource>(limit.resource), &exactly),
          std::string("set resourceLimits.") + name_of_resource(limit.resource));
  }
}
