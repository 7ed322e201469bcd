/** As scripts/crash/crash-hook.ts does for the programs in TypeScript. */
#include "crash_point.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

#include "paths.h"

static int directory = -1;
static std::string armed;

void arm_crash_points() {
  const char* named = std::getenv("CELLBLOCK_CRASH");
  const char* data = std::getenv("CELLBLOCK_DATA");
  if (named == nullptr && data == nullptr) return;
  const std::string path = named != nullptr ? named : std::string(data) + "/crash";
  // Out of the way of the descriptors that have fixed numbers.
  UniqueFd opened(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!opened) return;
  UniqueFd file(openat(opened.get(), "armed", O_RDONLY | O_CLOEXEC));
  if (!file) return;
  armed = read_all(file.get(), 4096);
  directory = fcntl(opened.get(), F_DUPFD_CLOEXEC, 100);
}

void crash_here(const char* point) {
  const bool stop = armed == std::string("STOP 1 ") + point + "\n";
  if (!stop && armed != std::string("KILL 1 ") + point + "\n") return;
  armed.clear();
  if (renameat(directory, "armed", directory, "struck") != 0) return;
  kill(getpid(), stop ? SIGSTOP : SIGKILL);
  // The first process of a pid namespace cannot kill itself.
  if (!stop) __builtin_trap();
}

std::string armed_for_keeper() {
  if (directory >= 0) dup2(directory, kCrashDirectory);
  return armed;
}

void arm_keeper(const char* text) {
  armed = text;
  directory = kCrashDirectory;
}
