#include "tree_facts.h"

#include <fcntl.h>

#include <ctime>

#include "failure.h"
#include "paths.h"
#include "process_identity.h"

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

static std::string boot_id() {
  UniqueFd file = check_fd(open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC), "read boot id");
  return read_all(file.get(), 36);
}

static std::string describe_process(pid_t pid) {
  return "{\"pid\":" + std::to_string(pid) + ",\"startTime\":" + std::to_string(start_time_of(pid)) + "}";
}

std::string tree_facts(const TreeSpec& spec, pid_t keeper, pid_t first) {
  return "{\"keeper\":" + describe_process(keeper) + ",\"init\":" + describe_process(first) +
         ",\"startedAt\":\"" + now_in_iso() + "\",\"bootId\":\"" + boot_id() +
         "\",\"idBase\":" + std::to_string(spec.id_base) + ",\"capabilities\":\"" +
         std::to_string(spec.capabilities) + "\"}";
}
