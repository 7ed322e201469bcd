#include "files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "failure.h"
#include "paths.h"
#include "unique_fd.h"

namespace {

constexpr unsigned kSeconds = 2;
constexpr int kMostNames = 2000;
/** One more than is shown, or handed over: whoever asked sees that there is more. */
constexpr size_t kMostShown = (1 << 20) + 1;
/** What is said of one name: it, the target of a link, and six short fields. */
constexpr size_t kLargestEntry = 4096 + 1024;

/** A slow disk or a file system that does not answer keeps us no longer than this. */
void end_soon() { alarm(kSeconds); }

UniqueFd open_in_tree(const std::string& path, uint64_t flags) {
  open_how how{};
  how.flags = flags | O_NOFOLLOW | O_CLOEXEC;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  return check_fd(syscall(SYS_openat2, AT_FDCWD, path.c_str(), &how, sizeof how), "open " + path);
}

char kind_of(mode_t mode) {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return 'd';
    case S_IFREG:
      return 'f';
    case S_IFLNK:
      return 'l';
    case S_IFCHR:
      return 'c';
    case S_IFBLK:
      return 'b';
    case S_IFIFO:
      return 'p';
    case S_IFSOCK:
      return 's';
  }
  return '?';
}

void put(std::string& out, const std::string& field) { out += field + '\0'; }

std::string target_of(int directory, const char* name) {
  char target[4096];
  const ssize_t length = readlinkat(directory, name, target, sizeof target);
  return length < 0 ? "" : std::string(target, static_cast<size_t>(length));
}

void describe(std::string& out, int directory, const char* name) {
  struct stat found {};
  // What cannot be asked about is listed all the same.
  const bool known = fstatat(directory, name, &found, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) == 0;
  char mode[8];
  snprintf(mode, sizeof mode, "%04o", found.st_mode & 07777);
  put(out, std::string(1, known ? kind_of(found.st_mode) : '?'));
  put(out, mode);
  put(out, std::to_string(found.st_uid));
  put(out, std::to_string(found.st_gid));
  put(out, std::to_string(found.st_size));
  put(out, std::to_string(found.st_mtime));
  put(out, name);
  put(out, known && S_ISLNK(found.st_mode) ? target_of(directory, name) : "");
}

void list(const std::string& path) {
  UniqueFd directory = open_in_tree(path, O_RDONLY | O_DIRECTORY);
  DIR* names = fdopendir(dup(directory.get()));
  if (names == nullptr) fail("read " + path);
  std::string out;
  int count = 0;
  bool more = false;
  while (const dirent* entry = readdir(names)) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    if (count++ == kMostNames || out.size() + kLargestEntry > kMostShown) {
      more = true;
      break;
    }
    describe(out, directory.get(), entry->d_name);
  }
  closedir(names);
  put(out, more ? "more" : "end");
  if (!write_all(STDOUT_FILENO, out)) fail("write the list");
}

void read_file(const std::string& path) {
  // Looked at before it is opened: opening a device or a pipe can do something.
  UniqueFd place = open_in_tree(path, O_PATH);
  struct stat found {};
  check(fstat(place.get(), &found), "ask about " + path);
  if (!S_ISREG(found.st_mode)) fail("read " + path + ": it is no regular file", EINVAL);
  UniqueFd file = open_in_tree(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat opened {};
  check(fstat(file.get(), &opened), "ask about " + path);
  if (!S_ISREG(opened.st_mode)) fail("read " + path + ": it is no regular file any more", EINVAL);
  if (!write_all(STDOUT_FILENO, read_all(file.get(), kMostShown))) fail("write the file");
}

}  // namespace

int run_files(int count, char** arguments) {
  end_soon();
  try {
    const char* form = "files list PATH or files read PATH";
    if (count != 3 || arguments[2][0] != '/') fail(form, EINVAL);
    const std::string path = arguments[2];
    if (strcmp(arguments[1], "list") == 0)
      list(path);
    else if (strcmp(arguments[1], "read") == 0)
      read_file(path);
    else
      fail(form, EINVAL);
    return 0;
  } catch (const Failure& failure) {
    write_all(STDERR_FILENO, failure.step);
    return failure.error > 0 && failure.error < 255 ? failure.error : 255;
  }
}
