/**
 * probe --list | probe --victim DIRECTORY | probe --swap ONE OTHER SECONDS | probe --lie-in-wait SIGN COUNT
 * SECONDS | probe xray | probe [NAME…]
 *
 * Tries, from inside a tree, what a tree must not be able to do, each attempt in a process of its own, and
 * prints a line for each: name, verdict, detail. The payloads harm nobody: files are opened for writing and
 * not written, values written are those that were read, and outside a tree, where it is the control, mounts
 * and names are changed in namespaces of its own.
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include "ambush.h"
#include "outcome.h"
#include "probe.h"
#include "swap.h"
#include "victim.h"
#include "xray/xray.h"

static constexpr int kPatienceMs = 5000;

static std::string g_inherited;

std::string inherited_descriptors() { return g_inherited; }

/** Before anything else is opened. */
static void note_descriptors() {
  for (int fd = 3; fd < 4096; fd++)
    if (fcntl(fd, F_GETFD) >= 0) g_inherited += " " + std::to_string(fd);
}

static std::vector<Probe> all_probes() {
  std::vector<Probe> all;
  for (const Probes part : {root_probes(), path_probes(), id_probes(), mount_probes(), mask_probes(),
                            process_table_probes(), victim_probes(), peer_probes(), call_probes(),
                            socket_probes(), terminal_probes(), exhaustion_probes()})
    all.insert(all.end(), part.begin(), part.end());
  return all;
}

static bool is_declared(const char* name) {
  return ("," + told("ALLOWED") + ",").find("," + std::string(name) + ",") != std::string::npos;
}

static void tell(const Probe& probe, const Outcome& outcome) {
  const char* verdict = outcome.verdict == Verdict::held   ? "HELD"
                        : outcome.verdict == Verdict::skip ? "SKIP"
                        : is_declared(probe.name)          ? "ALLOWED"
                                                           : "BREACH";
  std::string detail = outcome.detail;
  for (char& byte : detail)
    if (static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f) byte = ' ';
  std::printf("%s\t%s\t%s\n", probe.name, verdict, detail.c_str());
  std::fflush(stdout);
}

[[noreturn]] static void attempt(const Probe& probe, int answer) {
  // A session of its own, so that it can be ended with whatever it starts, and sit at a terminal.
  setsid();
  // The control must not change the host itself.
  if (is_on_host() && unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC) == 0)
    mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  const Outcome outcome = probe.run(probe.argument);
  const char verdict = outcome.verdict == Verdict::held ? 'h' : outcome.verdict == Verdict::skip ? 's' : 'b';
  const std::string said = verdict + outcome.detail;
  _exit(write(answer, said.data(), said.size()) < 0 ? 1 : 0);
}

static Outcome heard(int answer, pid_t child) {
  std::string said;
  char buffer[4096];
  pollfd ready{answer, POLLIN, 0};
  if (poll(&ready, 1, kPatienceMs) == 1)
    for (ssize_t got; (got = read(answer, buffer, sizeof buffer)) > 0;) {
      said.append(buffer, static_cast<size_t>(got));
      if (poll(&ready, 1, 0) != 1) break;
    }
  kill(-child, SIGKILL);
  kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (said.empty())
    return skip(WIFSIGNALED(status) && WTERMSIG(status) != SIGKILL
                    ? "ended by signal " + std::to_string(WTERMSIG(status))
                    : "did not answer within 5 s");
  const std::string detail = said.substr(1);
  return said[0] == 'h' ? held(detail) : said[0] == 's' ? skip(detail) : breach(detail);
}

static void run(const Probe& probe) {
  int answer[2];
  if (pipe2(answer, O_CLOEXEC) < 0) return tell(probe, skip("no pipe: " + error_name(errno)));
  const pid_t child = fork();
  if (child == 0) attempt(probe, answer[1]);
  close(answer[1]);
  tell(probe, child < 0 ? skip("no process: " + error_name(errno)) : heard(answer[0], child));
  close(answer[0]);
  // What the attempt left behind as orphans of ours.
  while (waitpid(-1, nullptr, WNOHANG) > 0) {
  }
}

static void list(const std::vector<Probe>& probes) {
  for (const Probe& probe : probes)
    std::printf("%s\t%d\t%c\t%s\t%s\n", probe.name, probe.number, probe.section, probe.cves, probe.must);
}

/** A session keyring as an administrator may have one, with a key in it, and then the program. */
static int with_key(char** arguments) {
  syscall(SYS_keyctl, 1L /* join a new session keyring */, nullptr);
  syscall(SYS_add_key, "user", arguments[0], "secret", 6L, -3L);
  execv(arguments[1], arguments + 1);
  return 127;
}

/** Takes all inotify instances that there are for it, says how many, and keeps them. */
static int hold_watches() {
  int made = 0;
  while (made < 4096 && inotify_init1(IN_CLOEXEC) >= 0) made++;
  std::printf("holds %d\n", made);
  std::fflush(stdout);
  for (;;) pause();
}

int main(int count, char** arguments) {
  // It tells of descriptors itself, before any is opened.
  if (count == 2 && !std::strcmp(arguments[1], "xray")) return xray();
  note_descriptors();
  prctl(PR_SET_CHILD_SUBREAPER, 1);
  signal(SIGPIPE, SIG_IGN);
  const std::vector<Probe> probes = all_probes();
  if (count == 2 && !std::strcmp(arguments[1], "--list")) return list(probes), 0;
  if (count == 3 && !std::strcmp(arguments[1], "--victim")) return be_victim(arguments[2]);
  if (count == 5 && !std::strcmp(arguments[1], "--swap"))
    return swap(arguments[2], arguments[3], arguments[4]);
  if (count == 5 && !std::strcmp(arguments[1], "--lie-in-wait"))
    return lie_in_wait(arguments[2], arguments[3], arguments[4]);
  if (count == 2 && !std::strcmp(arguments[1], "--hold-watches")) return hold_watches();
  if (count > 3 && !std::strcmp(arguments[1], "--with-key")) return with_key(arguments + 2);
  if (count == 1) {
    for (const Probe& probe : probes) run(probe);
    return 0;
  }
  int unknown = 0;
  for (int i = 1; i < count; i++) {
    const auto found = std::find_if(probes.begin(), probes.end(), [&](const Probe& probe) {
      return !std::strcmp(probe.name, arguments[i]);
    });
    if (found != probes.end())
      run(*found);
    else
      std::fprintf(stderr, "no probe is called %s (probe --list)\n", arguments[i]), unknown = 2;
  }
  return unknown;
}
