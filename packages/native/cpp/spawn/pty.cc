#include "pty.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "failure.h"
#include "paths.h"

UniqueFd open_terminal(uint16_t rows, uint16_t columns) {
  UniqueFd root = check_fd(open("/", O_PATH | O_DIRECTORY | O_CLOEXEC), "open root of the tree");
  UniqueFd directory = open_below(root.get(), "dev/pts", O_PATH | O_DIRECTORY, "open /dev/pts of the tree");
  struct statfs found;
  check(fstatfs(directory.get(), &found), "open /dev/pts of the tree");
  if (found.f_type != DEVPTS_SUPER_MAGIC) fail("open /dev/pts of the tree: it is no devpts", EINVAL);
  UniqueFd terminal = open_below(directory.get(), "ptmx", O_RDWR | O_NOCTTY, "make terminal");
  const int unlock = 0;
  check(ioctl(terminal.get(), TIOCSPTLCK, &unlock), "unlock terminal");
  const winsize size{rows, columns, 0, 0};
  check(ioctl(terminal.get(), TIOCSWINSZ, &size), "size terminal");
  return terminal;
}

void sit_at_terminal(int terminal, uid_t uid) {
  // Asked of the terminal itself: no path in the tree is involved.
  UniqueFd seat = check_fd(ioctl(terminal, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC), "open terminal");
  check(fchown(seat.get(), uid, static_cast<gid_t>(-1)), "own terminal");
  check(ioctl(seat.get(), TIOCSCTTY, 0), "take controlling terminal");
  for (int fd = 0; fd < 3; fd++) check(dup2(seat.get(), fd), "set streams");
}
