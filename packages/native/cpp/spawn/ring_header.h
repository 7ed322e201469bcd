#pragma once

#include <cstdint>

/** What a console ring begins with: see console_ring.h. */
struct RingHeader {
  char magic[8];
  uint64_t capacity;
  uint64_t reserved;
  uint64_t total;
};

constexpr char kRingMagic[8] = {'C', 'O', 'N', 'S', 'O', 'L', 'E', '1'};

/** False when the file does not begin as a ring does. */
bool read_ring_header(int file, RingHeader& header);
