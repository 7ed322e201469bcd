#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>

#include "report.h"
#include "xray.h"

void see_keyrings() {
  const std::string keys = whole_text("/proc/keys");
  found("keyring", "/proc/keys", std::to_string(std::count(keys.begin(), keys.end(), '\n')) + " keys");
  char text[256];
  for (const auto& [ring, name] :
       {std::pair{KEY_SPEC_SESSION_KEYRING, "session"}, std::pair{KEY_SPEC_USER_KEYRING, "user"},
        std::pair{KEY_SPEC_USER_SESSION_KEYRING, "user session"}}) {
    const long size = syscall(SYS_keyctl, KEYCTL_READ, ring, text, sizeof text);
    found("keyring", name,
         size < 0 ? "refused: " + name_of_error(errno) : std::to_string(size / 4) + " keys can be read");
  }
}
