#pragma once

#ifdef MUTANTS
#include <cstdlib>
#include <cstring>
/** Whether this run leaves out the named protection: the control of the test that shows it holding. */
inline bool leaves_out(const char* protection) {
  const char* name = std::getenv("SPAWN_MUTANT");
  return name != nullptr && std::strcmp(name, protection) == 0;
}
#else
/** The program that is shipped has every protection, always. */
constexpr bool leaves_out(const char*) { return false; }
#endif
