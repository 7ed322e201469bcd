#include "ambush.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <set>
#include <string>

#include "outcome.h"

namespace {

/** What an entry of another's /proc leads to, when it is a directory and not our root. */
bool takes_directory(const std::string& path) {
  Fd taken(open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  struct stat own {
  }, other{};
  return taken && stat("/", &own) == 0 && fstat(taken.get(), &other) == 0 &&
         (own.st_ino != other.st_ino || own.st_dev != other.st_dev);
}

std::set<std::string> taken_from(const std::string& process) {
  std::set<std::string> taken;
  for (const char* name : {"cwd", "root"})
    if (takes_directory(process + "/" + name)) taken.insert(name);
  DIR* descriptors = opendir((process + "/fd").c_str());
  if (!descriptors) return taken;
  for (dirent* entry; (entry = readdir(descriptors));)
    if (entry->d_name[0] != '.' && takes_directory(process + "/fd/" + entry->d_name))
      taken.insert(std::string("descriptor ") + entry->d_name);
  closedir(descriptors);
  return taken;
}

double now() {
  timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return static_cast<double>(at.tv_sec) + 1e-9 * static_cast<double>(at.tv_nsec);
}

}  // namespace

int lie_in_wait(const char* sign, const char* count, const char* seconds) {
  const size_t enough = static_cast<size_t>(std::atol(count));
  const double end = now() + std::atof(seconds);
  Fd looks(-1);
  std::set<std::string> there, seen, told_of;
  bool has_begun = false, somebody_is_here = false;
  while ((seen.size() < enough || somebody_is_here) && now() < end) {
    DIR* processes = opendir("/proc");
    if (!processes) return std::perror("/proc"), 1;
    somebody_is_here = false;
    for (dirent* entry; (entry = readdir(processes));) {
      const std::string pid = entry->d_name;
      if (pid[0] < '1' || pid[0] > '9') continue;
      if (!has_begun) there.insert(pid);
      if (there.count(pid)) continue;
      somebody_is_here = true;
      seen.insert(pid);
      for (const std::string& what : taken_from("/proc/" + pid))
        if (told_of.insert(pid + " " + what).second) std::printf("got %s %s\n", pid.c_str(), what.c_str());
    }
    closedir(processes);
    if (!has_begun) looks.number = open(sign, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0644);
    has_begun = true;
    if (somebody_is_here && write(looks.get(), ".", 1) != 1) return std::perror(sign), 1;
  }
  std::printf("saw %zu\n", seen.size());
  return 0;
}
