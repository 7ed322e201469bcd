#pragma once

#ifdef MUTANTS
#include <cstdlib>
#include <string>
/** Whether this run leaves out the named protection: the control of the test that shows it holding. */
inline bool leaves_out(const char* protection) {
  const char* names = std::getenv("SPAWN_MUTANT");
  if (names == nullptr) return false;
  return ("," + std::string(names) + ",").find("," + std::string(protection) + ",") != std::string::npos;
}
#else
/** The program that is shipped has every protection, always. */
constexpr bool leaves_out(const char*) { return false; }
#endif
