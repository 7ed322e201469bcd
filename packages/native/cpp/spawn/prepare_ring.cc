#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "console_ring.h"
#include "failure.h"
#include "ring_header.h"

static std::string kept_bytes(int file, const RingHeader& header, uint64_t most) {
  const uint64_t count = std::min({header.total, header.capacity, most});
  std::string bytes(count, '\0');
  for (uint64_t done = 0; done < count;) {
    const uint64_t at = (header.total - count + done) % header.capacity;
    const uint64_t piece = std::min(count - done, header.capacity - at);
    if (pread(file, bytes.data() + done, piece, static_cast<off_t>(kRingHeader + at)) !=
        static_cast<ssize_t>(piece))
      return "";
    done += piece;
  }
  return bytes;
}

void prepare_ring(int file, uint64_t capacity) {
  RingHeader header{};
  const bool there = read_ring_header(file, header);
  if (there && header.capacity == capacity) return;
  const std::string kept = there ? kept_bytes(file, header, capacity) : "";
  const uint64_t began = there ? header.total - kept.size() : 0;
  check(ftruncate(file, 0), "empty console ring");
  check(ftruncate(file, static_cast<off_t>(kRingHeader + capacity)), "size console ring");
  RingHeader fresh{};
  std::memcpy(fresh.magic, kRingMagic, sizeof kRingMagic);
  fresh.capacity = capacity;
  fresh.reserved = began;
  fresh.total = began;
  if (pwrite(file, &fresh, sizeof fresh, 0) != static_cast<ssize_t>(sizeof fresh)) fail("write console ring");
  ConsoleRing(file).append(kept);
}
