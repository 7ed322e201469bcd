#pragma once

#include <span>
#include <string>

/** What came of one attempt: HELD, BREACH, SKIP with the reason. ALLOWED is a BREACH that was declared. */
enum class Verdict { held, breach, skip };

struct Outcome {
  Verdict verdict;
  /** one line for a human: the errno, or what was reached */
  std::string detail;
};

/** One attempt against what holds a tree; `number` and `section` are those of the attack catalogue. */
struct Probe {
  const char* name;
  int number;
  char section;
  /** advisories that this attempt repeats, or "" */
  const char* cves;
  const char* must;
  Outcome (*run)(const char* argument);
  const char* argument;
};

using Probes = std::span<const Probe>;

Probes root_probes();
Probes path_probes();
Probes id_probes();
Probes mount_probes();
Probes mask_probes();
Probes process_table_probes();
Probes victim_probes();
Probes peer_probes();
Probes call_probes();
Probes socket_probes();
Probes terminal_probes();
Probes exhaustion_probes();

/** The descriptors that this program was started with, beyond 0 to 2. */
std::string inherited_descriptors();
