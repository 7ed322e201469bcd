#include <fcntl.h>
#include <sys/ioctl.h>
#include <linux/nsfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>

#include "report.h"
#include "xray.h"

/** The map in words: the first host id is another one in each jail. */
static std::string map_of(const char* file) {
  const std::string text = whole_text(file);
  unsigned inside = 0, outside = 0, count = 0;
  if (std::sscanf(text.c_str(), "%u %u %u", &inside, &outside, &count) != 3) return "cannot be read";
  const bool more = text.find('\n') != text.size() - 1;
  const std::string from = std::to_string(count) + " ids from " + std::to_string(inside);
  return from + (outside == inside ? ", IDENTITY" : outside == 0 ? ", TO THE HOST'S ROOT" : ", translated") +
         (more ? ", and more lines" : "");
}

void see_namespaces() {
  found("namespace", "uid map", map_of("/proc/self/uid_map"));
  found("namespace", "gid map", map_of("/proc/self/gid_map"));
  for (const char* kind : {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"}) {
    const int own = open((std::string("/proc/self/ns/") + kind).c_str(), O_RDONLY | O_CLOEXEC);
    if (own < 0) {
      found("namespace", kind, "cannot be opened: " + name_of_error(errno));
      continue;
    }
    const int above = ioctl(own, NS_GET_USERNS);
    const std::string owner = above >= 0       ? "its owner can be reached"
                              : errno == EPERM ? "its owner is out of reach"
                                               : name_of_error(errno);
    found("namespace", kind, owner);
    if (above >= 0) close(above);
    close(own);
  }
  const std::string groups = whole_text("/proc/self/cgroup");
  size_t places = 0, roots = 0;
  for (size_t at = 0, end; (end = groups.find('\n', at)) != std::string::npos; at = end + 1) {
    places++;
    if (end >= 2 && groups[end - 1] == '/' && groups[end - 2] == ':') roots++;
  }
  found("namespace", "control groups",
       std::to_string(places) + " hierarchies, in " + std::to_string(roots) + " its own root is all it sees");
}
