#include "console_ring.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "ring_header.h"

bool read_ring_header(int file, RingHeader& header) {
  return pread(file, &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
         std::memcmp(header.magic, kRingMagic, sizeof kRingMagic) == 0 && header.capacity > 0;
}

ConsoleRing::ConsoleRing(int file) : file_(file) {
  RingHeader header{};
  if (!read_ring_header(file, header)) return;
  capacity_ = header.capacity;
  total_ = std::max(header.total, header.reserved);
}

void ConsoleRing::publish(unsigned field, uint64_t value) {
  if (pwrite(file_, &value, sizeof value, static_cast<off_t>(field)) < 0) return;
}

void ConsoleRing::append(std::string_view bytes) {
  if (capacity_ == 0) return;
  while (!bytes.empty()) {
    const uint64_t at = total_ % capacity_;
    const uint64_t piece = std::min<uint64_t>(bytes.size(), capacity_ - at);
    publish(offsetof(RingHeader, reserved), total_ + piece);
    if (pwrite(file_, bytes.data(), piece, static_cast<off_t>(kRingHeader + at)) < 0) return;
    total_ += piece;
    publish(offsetof(RingHeader, total), total_);
    bytes.remove_prefix(piece);
  }
}
