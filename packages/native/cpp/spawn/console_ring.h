#pragma once

#include <cstdint>
#include <string_view>

/**
 * The last bytes that a tree wrote, in a file: 4096 bytes of header, then `capacity` bytes used as a ring.
 * The header is magic, capacity, reserved, total (little-endian 64-bit numbers after 8 bytes of magic):
 * `total` bytes have been written since the ring began, and what is older than `reserved - capacity` is gone
 * or being overwritten. A reader reads total, the bytes, and then reserved. Offsets only grow, also over
 * restarts.
 */
constexpr uint64_t kRingHeader = 4096;

/** `file` is a ring of that capacity; what an earlier one held is kept as far as it fits. */
void prepare_ring(int file, uint64_t capacity);

class ConsoleRing {
 public:
  explicit ConsoleRing(int file);
  /** A full disk loses output, never the tree. */
  void append(std::string_view bytes);

 private:
  void publish(unsigned field, uint64_t value);

  int file_;
  uint64_t capacity_ = 0;
  uint64_t total_ = 0;
};
