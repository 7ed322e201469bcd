#include "outcome.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

Outcome held(std::string detail) { return {Verdict::held, std::move(detail)}; }
Outcome breach(std::string detail) { return {Verdict::breach, std::move(detail)}; }
Outcome skip(std::string reason) { return {Verdict::skip, std::move(reason)}; }

std::string error_name(int error) {
  const char* name = strerrorname_np(error);
  return name ? name : std::to_string(error);
}

Outcome must_be_refused(long result, std::initializer_list<int> also) {
  if (result >= 0) return breach("it was done");
  const int error = errno;
  static constexpr int kRefusals[] = {EPERM, EACCES, EROFS, ENOSYS, ENOENT, ESRCH};
  const bool refused = std::find(std::begin(kRefusals), std::end(kRefusals), error) != std::end(kRefusals) ||
                       std::find(also.begin(), also.end(), error) != also.end();
  return refused ? held(error_name(error)) : breach("got as far as " + error_name(error));
}

std::string told(const char* name) {
  const char* value = std::getenv(("PROBE_" + std::string(name)).c_str());
  return value ? value : "";
}

long told_number(const char* name) { return std::atol(told(name).c_str()); }

std::string text_of(const std::string& path) {
  Fd file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  std::string text;
  char buffer[4096];
  for (ssize_t got; file && text.size() < 65536 && (got = read(file.get(), buffer, sizeof buffer)) > 0;)
    text.append(buffer, static_cast<size_t>(got));
  return text;
}

std::string scratch_directory() {
  std::string base = told("SCRATCH");
  if (base.empty()) base = "/tmp";
  std::string path = base + "/probe-XXXXXX";
  return mkdtemp(path.data()) ? path : "";
}

bool is_on_host() {
  const std::string map = text_of("/proc/self/uid_map");
  return map.find("4294967295") != std::string::npos;
}

Fd::~Fd() {
  if (number >= 0) close(number);
}
