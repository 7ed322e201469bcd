#include "netstring.h"

#include <unistd.h>

#include "failure.h"

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

static void read_exactly(int fd, char* to, size_t size) {
  while (size > 0) {
    const ssize_t n = read(fd, to, size);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) fail("read message");
    if (n == 0) fail("read message: it ends too early", EBADMSG);
    to += n;
    size -= static_cast<size_t>(n);
  }
}

std::string read_netstring(int fd) {
  size_t length = 0;
  for (int digits = 0;; digits++) {
    char c;
    read_exactly(fd, &c, 1);
    if (c == ':' && digits > 0) break;
    if (!is_digit(c) || digits == 8) fail("read message: bad length", EBADMSG);
    length = length * 10 + static_cast<size_t>(c - '0');
  }
  if (length > kMessageLimit) fail("read message: too long", E2BIG);
  std::string bytes(length + 1, '\0');
  read_exactly(fd, bytes.data(), bytes.size());
  if (bytes.back() != ',') fail("read message: bad end", EBADMSG);
  bytes.pop_back();
  return bytes;
}

std::string_view take_netstring(std::string_view& bytes) {
  size_t at = 0;
  size_t length = 0;
  while (at < bytes.size() && is_digit(bytes[at]) && at < 8)
    length = length * 10 + static_cast<size_t>(bytes[at++] - '0');
  if (at == 0 || at >= bytes.size() || bytes[at] != ':') fail("read field: bad length", EBADMSG);
  at++;
  if (length > bytes.size() - at || length == bytes.size() - at || bytes[at + length] != ',')
    fail("read field: bad end", EBADMSG);
  const std::string_view value = bytes.substr(at, length);
  bytes.remove_prefix(at + length + 1);
  return value;
}
