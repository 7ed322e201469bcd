#include "tree_facts.h"

#include <ctime>

#include "process_identity.h"
#include "resource_limits.h"

static std::string now_in_iso() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  tm parts;
  gmtime_r(&now.tv_sec, &parts);
  char text[64];
  const size_t size = strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  const std::string milliseconds = std::to_string(1000 + now.tv_nsec / 1000000);
  return std::string(text, size) + "." + milliseconds.substr(1) + "Z";
}

static std::string describe_process(pid_t pid) {
  return "{\"pid\":" + std::to_string(pid) + ",\"startTime\":" + std::to_string(start_time_of(pid)) + "}";
}

static std::string describe(const ConfinementSpec& rules) {
  const auto flag = [](bool value) { return value ? "true" : "false"; };
  return std::string("{\"noNewPrivileges\":") + flag(rules.no_new_privileges) +
         ",\"chroot\":" + flag(rules.chroot) + ",\"proc\":\"" +
         (rules.own_processes_only ? "own" : "masked") + "\",\"mounts\":" + flag(rules.mount_broker) + "}";
}

static std::string describe(const std::vector<ResourceLimit>& limits) {
  std::string text;
  for (const ResourceLimit& limit : limits)
    text += (text.empty() ? "\"" : ",\"") + std::string(name_of_resource(limit.resource)) +
            "\":" + std::to_string(limit.value);
  return "{" + text + "}";
}

std::string tree_facts(const TreeSpec& spec, pid_t keeper, pid_t first) {
  return "{\"keeper\":" + describe_process(keeper) + ",\"init\":" + describe_process(first) +
         ",\"startedAt\":\"" + now_in_iso() + "\",\"bootId\":\"" + boot_id() +
         "\",\"idBase\":" + std::to_string(spec.id_base) + ",\"capabilities\":\"" +
         std::to_string(spec.capabilities) + "\",\"confinement\":" + describe(spec.confinement) +
         ",\"resourceLimits\":" + describe(spec.resource_limits) + "}";
}
