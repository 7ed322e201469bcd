/** A, B: what is laid into the tree from outside: read only, without devices, without what is not for it. */
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "outcome.h"

namespace {

/** In every way there is, then writes. Clearing alone is no breach: what counts is what can be written. */
void try_to_clear_read_only(const char* path) {
  mount(nullptr, path, nullptr, MS_REMOUNT | MS_BIND, nullptr);
  mount_attr attributes{};
  attributes.attr_clr = MOUNT_ATTR_RDONLY;
  mount_setattr(AT_FDCWD, path, AT_RECURSIVE, &attributes, sizeof attributes);
}

Outcome create_in(const char* directory) {
  const std::string path = std::string(directory) + "/.probe";
  Fd file(open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  if (!file) return held(error_name(errno));
  unlink(path.c_str());
  return breach("a file was made");
}

/** Only the flag counts: whoever owns it, a read-only mount answers EROFS. */
Outcome is_read_only(const char* directory) {
  try_to_clear_read_only(directory);
  const Outcome made = create_in(directory);
  if (made.verdict == Verdict::breach) return made;
  return made.detail == "EROFS"    ? made
         : made.detail == "ENOENT" ? held("not there")
                                   : breach(made.detail + ", but not read only");
}

Outcome told_read_only(const char*) {
  const std::string path = told("READ_ONLY");
  return path.empty() ? skip("no read-only directory named") : is_read_only(path.c_str());
}

Outcome file_is_read_only(const char* name) {
  const std::string path = name[0] == '/' ? name : told(name);
  if (path.empty()) return skip("no file named");
  try_to_clear_read_only(path.c_str());
  if (chmod(path.c_str(), 0644) == 0) return breach("its mode was changed");
  Fd file(open(path.c_str(), O_WRONLY | O_CLOEXEC));
  return file ? breach("opened for writing") : held(error_name(errno));
}

/** CVE-2022-0847 was this: a page of a read-only file written through a pipe that still had the flag. */
Outcome splice_into_read_only(const char*) {
  Fd file(open("/usr/bin/env", O_RDONLY | O_CLOEXEC));
  if (!file) return skip("no /usr/bin/env");
  char before[4] = {}, after[4] = {};
  loff_t offset = 0;
  if (pread(file.get(), before, 4, 0) != 4) return skip("/usr/bin/env cannot be read");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return skip("no pipe");
  char junk[4096];
  const long size = fcntl(ends[1], F_GETPIPE_SZ);
  for (long left = size; left > 0; left -= 4096)
    if (write(ends[1], junk, 4096) < 0) break;
  for (long left = size; left > 0; left -= 4096)
    if (read(ends[0], junk, 4096) < 0) break;
  if (splice(file.get(), &offset, ends[1], nullptr, 1, 0) < 0) return held("splice: " + error_name(errno));
  // The same byte again: a kernel with the bug changes nothing by it that could harm. It is told by the page
  // itself.
  if (write(ends[1], before + 1, 1) != 1) return held("write: " + error_name(errno));
  pread(file.get(), after, 4, 0);
  return std::memcmp(before, after, 4) == 0 ? held("the file is as it was") : breach("the file changed");
}

Outcome node_of_host(const char*) {
  const std::string path = told("NODE");
  if (path.empty()) return skip("no device node named");
  Fd node(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  return node ? breach("the device was opened") : must_be_refused(-1);
}

Outcome make_node(const char* what) {
  const std::string below = scratch_directory();
  if (below.empty()) return skip("no directory to write in");
  unsigned major = 0, minor = 0;
  char kind = 'c';
  if (std::sscanf(what, "%c %u:%u", &kind, &major, &minor) != 3) return skip("no such node");
  const std::string path = below + "/node";
  const long made = mknod(path.c_str(), (kind == 'b' ? S_IFBLK : S_IFCHR) | 0600, makedev(major, minor));
  const Outcome outcome = must_be_refused(made);
  unlink(path.c_str());
  rmdir(below.c_str());
  return outcome;
}

/** One of the terminals of the tree's own devpts, under another name. */
bool is_own_terminal(const struct stat& node) {
  struct stat terminals {};
  return S_ISCHR(node.st_mode) && stat("/dev/pts", &terminals) == 0 && node.st_dev == terminals.st_dev;
}

/** Nothing but what every program needs; terminals are the tree's own. */
Outcome device_census(const char*) {
  DIR* directory = opendir("/dev");
  if (!directory) return held(error_name(errno));
  const std::string known = " null zero full random urandom tty " + told("DEVICES") + " ";
  std::string found;
  for (dirent* entry; (entry = readdir(directory));) {
    struct stat at {};
    const std::string path = "/dev/" + std::string(entry->d_name);
    if (lstat(path.c_str(), &at) < 0 || !(S_ISCHR(at.st_mode) || S_ISBLK(at.st_mode))) continue;
    if (std::strcmp(entry->d_name, "console") == 0 && is_own_terminal(at)) continue;
    if (known.find(" " + std::string(entry->d_name) + " ") == std::string::npos)
      found += " " + std::string(entry->d_name);
  }
  closedir(directory);
  return found.empty() ? held("none but its own") : breach("there are" + found);
}

/** How many names but this one there are; -1 where there is no such directory. */
int names_beside(const char* path, const char* known) {
  DIR* directory = opendir(path);
  if (!directory) return -1;
  int count = 0;
  for (dirent* entry; (entry = readdir(directory));)
    if (std::strcmp(entry->d_name, ".") != 0 && std::strcmp(entry->d_name, "..") != 0 &&
        std::strcmp(entry->d_name, known) != 0)
      count++;
  closedir(directory);
  return count;
}

Outcome is_empty_directory(const char* path) {
  const int count = names_beside(path, "");
  if (count < 0) return held(error_name(errno));
  return count == 0 ? held("empty") : breach(std::to_string(count) + " entries");
}

/** An init of its own finds a place for the tree's groups there. */
Outcome shows_nothing_of_system(const char*) {
  const int beside = names_beside("/sys", "fs");
  if (beside < 0) return held(error_name(errno));
  const int count = beside + std::max(names_beside("/sys/fs", "cgroup"), 0);
  return count == 0 ? held("nothing of the host") : breach(std::to_string(count) + " entries");
}

/** Idmapped as storage is, the host's programs would belong to root of the tree. */
Outcome owner_of_usr(const char*) {
  if (told("HOST_USR").empty()) return skip("/usr is not the host's");
  struct stat found {};
  if (stat("/usr/bin/env", &found) < 0) return held(error_name(errno));
  return found.st_uid == 65534 ? held("nobody's") : breach("it belongs to " + std::to_string(found.st_uid));
}

/** It must be read: some files are there for everybody and for root of the tree alone not. */
Outcome secret_of_host(const char* name) {
  const std::string path = told(name);
  if (path.empty()) return skip("no file named");
  Fd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return held(error_name(errno));
  char byte;
  return read(file.get(), &byte, 1) == 1 ? breach("it was read") : held("empty");
}

Outcome run_set_user_id(const char* name) {
  const std::string path = told(name);
  if (path.empty()) return skip("no set-user-id program named");
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) return skip("no pipe");
  const pid_t child = fork();
  if (child == 0) {
    // Of root there is nothing to gain.
    if (setgroups(0, nullptr) != 0 || setresgid(1000, 1000, 1000) != 0 || setresuid(1000, 1000, 1000) != 0) {
    }
    dup2(ends[1], 1);
    execl(path.c_str(), path.c_str(), "effective-user", nullptr);
    _exit(127);
  }
  close(ends[1]);
  char said[256] = {};
  if (read(ends[0], said, sizeof said - 1) < 0) return held(error_name(errno));
  waitpid(child, nullptr, 0);
  if (said[0] == '\0') return held("it was not executed");
  return std::strstr(said, "BREACH") ? breach("it ran with its owner's id")
                                     : held("it ran with the caller's id");
}

/** Said by a program that was started as another user: its own effective id, against its real one. */
Outcome effective_user(const char*) {
  return geteuid() == getuid() && getegid() == getgid() ? held(std::to_string(geteuid()))
                                                        : breach("effective " + std::to_string(geteuid()));
}

constexpr Probe kProbes[] = {
    {"read-only-usr", 43, 'C', "", "/usr is read only and stays so", is_read_only, "/usr"},
    {"read-only-usr-files", 85, 'E', "CVE-2022-0847", "a shared read-only file is not written through a pipe",
     splice_into_read_only, ""},
    {"read-only-root", 43, 'C', "", "nothing can be put into a root that is read only", is_read_only, "/"},
    {"read-only-storage", 43, 'C', "", "a directory given read only stays so", told_read_only, ""},
    {"read-only-file", 43, 'C', "CVE-2019-14271", "a file that was laid into the tree stays as it is",
     file_is_read_only, "LAID_FILE"},
    {"usr-local", 50, 'C', "", "the host's /usr/local is not shown", is_empty_directory, "/usr/local"},
    {"sys-is-empty", 60, 'D', "", "/sys shows nothing of the host", shows_nothing_of_system, ""},
    {"usr-owner", 38, 'B', "CVE-2018-18955", "the host's programs belong to nobody inside", owner_of_usr, ""},
    {"host-secret", 36, 'B', "", "what only a group of the agent may read stays unread", secret_of_host,
     "SECRET"},
    {"node-in-storage", 30, 'B', "", "a device node in storage cannot be opened", node_of_host, ""},
    {"node-disk", 30, 'B', "", "no disk can be made", make_node, "b 254:0"},
    {"node-memory", 30, 'B', "", "no /dev/mem can be made", make_node, "c 1:1"},
    {"node-port", 30, 'B', "", "no /dev/port can be made", make_node, "c 1:4"},
    {"node-kmsg", 30, 'B', "", "no /dev/kmsg can be made", make_node, "c 1:11"},
    {"node-fuse", 30, 'B', "", "no /dev/fuse can be made", make_node, "c 10:229"},
    {"node-tun", 30, 'B', "", "no /dev/net/tun can be made", make_node, "c 10:200"},
    {"node-kvm", 30, 'B', "", "no /dev/kvm can be made", make_node, "c 10:232"},
    {"node-loop", 30, 'B', "", "no loop device can be made", make_node, "b 7:0"},
    {"node-census", 30, 'B', "", "/dev holds no device but those of its list", device_census, ""},
    {"effective-user", 28, 'B', "CVE-2021-41091", "no id but the caller's comes from a set-user-id file",
     effective_user, ""},
    {"set-user-id-host", 28, 'B', "CVE-2021-41091", "a set-user-id program in shared storage gives nothing",
     run_set_user_id, "SUID_PROGRAM"},
};

}  // namespace

Probes path_probes() { return kProbes; }
