#include "run_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "console_ring.h"
#include "crash_point.h"
#include "failure.h"
#include "paths.h"

static UniqueFd open_own(int directory, const char* name, int flags) {
  return check_fd(openat(directory, name, flags | O_CLOEXEC | O_NOFOLLOW, 0600), std::string("open ") + name);
}

/** Overwritten, neither removed nor cut: making an inode and giving blocks back are the dearest things that a
 * file system does, and what is blank says as much as what is not there. */
static UniqueFd open_blank(int directory, const char* name) {
  UniqueFd file = open_own(directory, name, O_WRONLY | O_CREAT);
  const std::string blank(kFactBytes, ' ');
  if (pwrite(file.get(), blank.data(), blank.size(), 0) != static_cast<ssize_t>(blank.size()))
    fail(std::string("blank ") + name);
  return file;
}

static UniqueFd listen_in(int directory, const std::string& name, int type) {
  UniqueFd listener = check_fd(socket(AF_UNIX, type | SOCK_CLOEXEC, 0), "make " + name);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  // From there: the path itself may be longer than an address can be.
  check(fchdir(directory), "enter runDirectory");
  check(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), "bind " + name);
  check(chdir("/"), "enter /");
  check(listen(listener.get(), 64), "listen on " + name);
  return listener;
}

static void remove_name(int directory, const char* name) {
  if (unlinkat(directory, name, 0) < 0 && errno != ENOENT) fail(std::string("remove ") + name);
}

UniqueFd open_door(const RunDirectory& run, const char* name) {
  remove_name(run.directory.get(), name);
  return listen_in(run.directory.get(), name, SOCK_SEQPACKET);
}

/** A keeper that has said how its tree ended is gone within a moment; one that keeps a tree is not. */
static void take_lock(int file) {
  for (int tries = 0; flock(file, LOCK_EX | LOCK_NB) < 0; tries++) {
    if (errno != EWOULDBLOCK && errno != EINTR) fail("lock runDirectory");
    if (tries == 50) fail("start tree: one runs in its runDirectory", EEXIST);
    usleep(5000);
  }
}

RunDirectory take_run_directory(const std::string& path) {
  umask(077);
  RunDirectory run;
  run.directory = open_plain(path, O_RDONLY | O_DIRECTORY, "open runDirectory " + path);
  struct stat found;
  check(fstat(run.directory.get(), &found), "open runDirectory");
  if (found.st_uid != 0 || (found.st_mode & 077) != 0)
    fail("runDirectory must belong to root with mode 0700", EPERM);
  const int directory = run.directory.get();
  run.lock = open_own(directory, "lock", O_RDWR | O_CREAT);
  take_lock(run.lock.get());
  // The facts go first: without them nobody asks how it ended.
  run.tree_file = open_blank(directory, "tree");
  return run;
}

void prepare_for_keeper(RunDirectory& run, uint64_t console_bytes) {
  const int directory = run.directory.get();
  run.exit_file = open_blank(directory, "exit");
  remove_name(directory, "keeper.sock");
  // What an earlier tree was limited to while it ran says nothing of this one.
  remove_name(directory, "limits");
  run.ring = open_own(directory, "console", O_RDWR | O_CREAT);
  prepare_ring(run.ring.get(), console_bytes);
  run.listener = listen_in(directory, "keeper.sock", SOCK_STREAM);
  CRASH_POINT("spawn prepared the run directory");
}

void write_tree_file(const RunDirectory& run, std::string text) {
  if (text.size() >= kFactBytes) fail("write tree file", EFBIG);
  // The newline at its end is what makes it complete.
  text.resize(kFactBytes - 1, ' ');
  if (!write_all(run.tree_file.get(), text + "\n")) fail("write tree file");
}

void clear_run_directory(const RunDirectory& run) {
  for (const char* name : {"tree", "exit", "keeper.sock", "mounts.sock"})
    unlinkat(run.directory.get(), name, 0);
}
