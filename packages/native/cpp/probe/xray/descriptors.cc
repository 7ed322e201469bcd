#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "report.h"
#include "xray.h"

static const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "directory";
  if (S_ISFIFO(mode)) return "pipe";
  if (S_ISSOCK(mode)) return "socket";
  if (S_ISCHR(mode)) return "character device";
  if (S_ISBLK(mode)) return "block device";
  return S_ISREG(mode) ? "file" : "other";
}

/** Asked one by one: no /proc is needed. */
void see_descriptors() {
  for (int fd = 0; fd < 1024; fd++) {
    const int flags = fcntl(fd, F_GETFL);
    if (flags < 0) continue;
    struct stat status {};
    const char* kind = fstat(fd, &status) == 0 ? kind_of(status.st_mode) : "other";
    const int mode = flags & O_ACCMODE;
    const char* access = (flags & O_PATH)     ? "path only"
                         : mode == O_RDONLY   ? "read"
                         : mode == O_WRONLY   ? "write"
                                              : "read, write";
    found("descriptor", std::to_string(fd), std::string(kind) + ", " + access);
  }
}
