#include "console_ring.h"

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "failure.h"

namespace {

constexpr char kMagic[8] = {'C', 'O', 'N', 'S', 'O', 'L', 'E', '1'};

struct Header {
  char magic[8];
  uint64_t capacity;
  uint64_t reserved;
  uint64_t total;
};

bool read_header(int file, Header& header) {
  return pread(file, &header, sizeof header, 0) == static_cast<ssize_t>(sizeof header) &&
         std::memcmp(header.magic, kMagic, sizeof kMagic) == 0 && header.capacity > 0;
}

std::string kept_bytes(int file, const Header& header, uint64_t most) {
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

}  // namespace

void prepare_ring(int file, uint64_t capacity) {
  Header header{};
  const bool there = read_header(file, header);
  if (there && header.capacity == capacity) return;
  const std::string kept = there ? kept_bytes(file, header, capacity) : "";
  const uint64_t began = there ? header.total - kept.size() : 0;
  check(ftruncate(file, 0), "empty console ring");
  check(ftruncate(file, static_cast<off_t>(kRingHeader + capacity)), "size console ring");
  Header fresh{};
  std::memcpy(fresh.magic, kMagic, sizeof kMagic);
  fresh.capacity = capacity;
  fresh.reserved = began;
  fresh.total = began;
  if (pwrite(file, &fresh, sizeof fresh, 0) != static_cast<ssize_t>(sizeof fresh)) fail("write console ring");
  ConsoleRing(file).append(kept);
}

ConsoleRing::ConsoleRing(int file) : file_(file) {
  Header header{};
  if (!read_header(file, header)) return;
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
    publish(offsetof(Header, reserved), total_ + piece);
    if (pwrite(file_, bytes.data(), piece, static_cast<off_t>(kRingHeader + at)) < 0) return;
    total_ += piece;
    publish(offsetof(Header, total), total_);
    bytes.remove_prefix(piece);
  }
}
