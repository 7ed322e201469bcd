#include "paths.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>

#include "failure.h"

bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

std::string read_all(int fd, size_t limit) {
  std::string text;
  char buffer[4096];
  while (text.size() < limit) {
    const ssize_t n = read(fd, buffer, std::min(sizeof buffer, limit - text.size()));
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    text.append(buffer, static_cast<size_t>(n));
  }
  return text;
}

std::vector<std::string> plain_parts(std::string_view path, std::string_view field) {
  const std::string step =
      std::string(field) + " " + std::string(path) + " must be absolute, without . or .. or //";
  if (path.empty() || path[0] != '/' || path.size() > 4095) fail(step, EINVAL);
  if (path.find('\0') != std::string_view::npos) fail(step, EINVAL);
  std::vector<std::string> parts;
  if (path == "/") return parts;
  for (size_t at = 1; at <= path.size();) {
    size_t end = path.find('/', at);
    if (end == std::string_view::npos) end = path.size();
    const std::string_view part = path.substr(at, end - at);
    if (part.empty() || part == "." || part == ".." || part.size() > 255) fail(step, EINVAL);
    parts.emplace_back(part);
    at = end + 1;
  }
  if (path.back() == '/') fail(step, EINVAL);
  return parts;
}

static UniqueFd find_resolved(int at, const char* path, uint64_t flags, uint64_t resolve) {
  open_how how{};
  how.flags = flags | O_CLOEXEC;
  how.resolve = resolve;
  return UniqueFd(static_cast<int>(syscall(SYS_openat2, at, path, &how, sizeof how)));
}

static UniqueFd opened(UniqueFd fd, std::string_view step) {
  if (!fd) fail(std::string(step));
  return fd;
}

UniqueFd open_plain(const std::string& path, uint64_t flags, std::string_view step) {
  plain_parts(path, step);
  return opened(
      find_resolved(AT_FDCWD, path.c_str(), flags, RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS), step);
}

UniqueFd find_below(int root, const std::string& relative, uint64_t flags) {
  return find_resolved(root, relative.empty() ? "." : relative.c_str(), flags,
                       RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
}

UniqueFd open_below(int root, const std::string& relative, uint64_t flags, std::string_view step) {
  return opened(find_below(root, relative, flags), step);
}
