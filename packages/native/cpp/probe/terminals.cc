/** E 67, 68: terminals. */
#include <dirent.h>
#include <fcntl.h>
#include <linux/tiocl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>

#include "outcome.h"

namespace {

/** A terminal of our own that we sit at. */
int own_terminal() {
  const int controller = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (controller < 0) return -1;
  const int unlock = 0;
  ioctl(controller, TIOCSPTLCK, &unlock);
  const int terminal = ioctl(controller, TIOCGPTPEER, O_RDWR | O_NOCTTY);
  if (terminal >= 0) ioctl(terminal, TIOCSCTTY, 0);
  return terminal;
}

Outcome injected(const char* bits) {
  const int terminal = own_terminal();
  if (terminal < 0) return skip("no terminal can be opened");
  const long request = (bits[0] == 'h' ? 1L << 32 : 0) | TIOCSTI;
  return must_be_refused(syscall(SYS_ioctl, static_cast<long>(terminal), request, "x"), {EIO});
}

Outcome selected(const char*) {
  const int terminal = own_terminal();
  if (terminal < 0) return skip("no terminal can be opened");
  char request[16] = {TIOCL_GETSHIFTSTATE};
  return must_be_refused(ioctl(terminal, TIOCLINUX, request), {ENOTTY, EINVAL});
}

/** Every terminal that is there belongs to an id of the tree's. */
Outcome of_host(const char*) {
  DIR* directory = opendir("/dev/pts");
  if (!directory) return held(error_name(errno));
  std::string found;
  for (dirent* entry; (entry = readdir(directory));) {
    struct stat at {};
    const std::string path = "/dev/pts/" + std::string(entry->d_name);
    if (entry->d_name[0] >= '0' && entry->d_name[0] <= '9' && stat(path.c_str(), &at) == 0 &&
        at.st_uid == 65534)
      found += " " + std::string(entry->d_name);
  }
  closedir(directory);
  return found.empty() ? held("none but its own") : breach("of others:" + found);
}

/** One that the host has and tells us by its number. */
Outcome host_terminal(const char*) {
  const std::string number = told("HOST_TERMINAL");
  if (number.empty()) return skip("no terminal of the host named");
  const std::string path = "/dev/pts/" + number;
  struct stat found {};
  if (stat(path.c_str(), &found) < 0) return held(error_name(errno));
  Fd terminal(open(path.c_str(), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!terminal) return must_be_refused(-1, {EIO});
  return found.st_uid == 65534 ? breach("opened") : held("one of its own of that number");
}

Outcome stolen(const char*) {
  const int terminal = open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal >= 0) return breach("a session of its own still sits at a terminal");
  return must_be_refused(ioctl(0, TIOCSCTTY, 1), {ENOTTY, EINVAL});
}

Outcome console_of_host(const char* path) {
  Fd console(open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!console) return must_be_refused(-1, {ENXIO, ENODEV, EIO});
  struct stat found {};
  fstat(console.get(), &found);
  // 4:n and 5:1 are the host's; a console may be a terminal of the tree's own (136 and on).
  const unsigned kind = static_cast<unsigned>(found.st_rdev >> 8) & 0xfff;
  return kind == 4 || kind == 5 ? breach("opened") : held("not the host's");
}

constexpr Probe kProbes[] = {
    {"terminal-injection", 67, 'E', "CVE-2017-5226,CVE-2016-10124", "no character is typed into a terminal",
     injected, "low"},
    {"terminal-injection-high", 67, 'E', "CVE-2017-5226", "nor with a high bit in the request", injected,
     "high"},
    {"terminal-selection", 67, 'E', "", "TIOCLINUX is refused", selected, ""},
    {"terminals-of-host", 68, 'E', "", "every terminal is of the tree's own", of_host, ""},
    {"terminal-by-number", 68, 'E', "CVE-2016-10124,CVE-2025-52565",
     "a terminal of the host's is not there under its number", host_terminal, ""},
    {"terminal-stolen", 68, 'E', "", "no controlling terminal comes in or is taken", stolen, ""},
    {"console-of-host", 68, 'E', "CVE-2025-52565", "/dev/console is not the host's", console_of_host,
     "/dev/console"},
    {"console-first", 68, 'E', "", "/dev/tty1 is not there", console_of_host, "/dev/tty1"},
    {"console-serial", 68, 'E', "", "/dev/ttyS0 is not there", console_of_host, "/dev/ttyS0"},
};

}  // namespace

Probes terminal_probes() { return kProbes; }
