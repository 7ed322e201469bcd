#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <string>
#include <vector>

#include "report.h"
#include "xray.h"

namespace {

/** The same for every run, so that a tree that is larger is cut at the same place. */
constexpr size_t kMostFiles = 400'000;
constexpr int kDeepest = 40;
constexpr unsigned kMisc = 10, kWatchdog = 130, kWatchdogs = 250, kTape = 9;
size_t seen;

std::string octal(mode_t mode) {
  char text[8];
  std::snprintf(text, sizeof text, "%04o", mode & 07777);
  return text;
}

std::string ineffective(const std::string& path) {
  struct statvfs mount {};
  if (statvfs(path.c_str(), &mount) < 0) return "";
  return (mount.f_flag & ST_NOSUID) ? ", without effect: nosuid" : ", in effect";
}

void see_device(const std::string& path, const struct stat& status) {
  const std::string number = std::string(S_ISBLK(status.st_mode) ? "block " : "character ") +
                             std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  const unsigned of = major(status.st_rdev);
  // These act when they are opened.
  if ((of == kMisc && minor(status.st_rdev) == kWatchdog) || of == kWatchdogs || of == kTape) {
    found("device", path, number + ", not opened: opening it acts");
    return;
  }
  std::string access;
  for (const auto& [flags, name] : {std::pair{O_RDONLY, "read"}, std::pair{O_WRONLY, "write"}}) {
    const int device = open(path.c_str(), flags | O_NONBLOCK | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW);
    access += std::string(access.empty() ? ", " : "; ") + name + ": " + (device < 0 ? name_of_error(errno) : "opens");
    if (device >= 0) close(device);
  }
  found("device", path, number + access);
}

void see_file(const std::string& path, const struct stat& status) {
  if (status.st_mode & (S_ISUID | S_ISGID))
    found("setuid", path,
         octal(status.st_mode) + ", of " + std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid) +
             ineffective(path));
  if (lgetxattr(path.c_str(), "security.capability", nullptr, 0) > 0)
    found("setuid", path, "file capabilities" + ineffective(path));
}

/** Whether names can be made in it or, for a file, whether it can be changed: asked, not tried. */
bool writable(const std::string& path) {
  return faccessat(AT_FDCWD, path.c_str(), W_OK, AT_EACCESS | AT_SYMLINK_NOFOLLOW) == 0;
}

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  if (DIR* stream = opendir(directory.c_str())) {
    while (const dirent* entry = readdir(stream)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    closedir(stream);
  }
  std::sort(names.begin(), names.end());
  return names;
}

/** `told`: a directory above is known to be writable, so that its contents are too. */
void walk(const std::string& directory, bool told, int depth) {
  if (depth > kDeepest) return;
  for (const std::string& name : names_in(directory)) {
    if (seen >= kMostFiles) return;
    const std::string path = (directory == "/" ? "" : directory) + "/" + name;
    if (path == "/proc" || path == "/sys" || path == "/run/cellblock-xray") continue;
    struct stat status {};
    if (lstat(path.c_str(), &status) < 0) continue;
    seen++;
    if (S_ISLNK(status.st_mode)) continue;
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
      see_device(path, status);
    } else if (S_ISDIR(status.st_mode)) {
      const bool can = writable(path);
      if (can && !told) found("writable", path, "directory");
      // What is mounted below a writable directory may be read-only, and what is below that writable again.
      walk(path, can, depth + 1);
    } else {
      if (S_ISSOCK(status.st_mode)) found("socket", "unix " + path, "is in the tree");
      if (S_ISREG(status.st_mode)) see_file(path, status);
      if (!told && writable(path)) found("writable", path, "file");
    }
  }
}

}  // namespace

void see_files() {
  const bool root = writable("/");
  if (root) found("writable", "/", "directory");
  walk("/", root, 0);
  if (seen >= kMostFiles) found("walk", "files", "more than " + std::to_string(kMostFiles) + ": cut short");
}
