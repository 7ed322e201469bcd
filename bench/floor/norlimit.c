/** For podman's runtime where root lacks CAP_SYS_RESOURCE: raising a limit is answered as if it were done. */
#include <sys/resource.h>

int setrlimit(__rlimit_resource_t resource, const struct rlimit* limits) {
  (void)resource, (void)limits;
  return 0;
}
int setrlimit64(__rlimit_resource_t resource, const struct rlimit64* limits) {
  (void)resource, (void)limits;
  return 0;
}
int prlimit(__pid_t pid, enum __rlimit_resource resource, const struct rlimit* limits, struct rlimit* before) {
  (void)pid, (void)limits;
  return before ? getrlimit(resource, before) : 0;
}
int prlimit64(__pid_t pid, enum __rlimit_resource resource, const struct rlimit64* limits,
              struct rlimit64* before) {
  (void)pid, (void)limits;
  return before ? getrlimit64(resource, before) : 0;
}
