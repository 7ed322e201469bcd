#pragma once

#include <linux/netlink.h>
#include <linux/rtnetlink.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace kernel {

/// A netlink request under construction: header, family header, attributes.
class NetlinkMessage {
 public:
  NetlinkMessage(uint16_t type, uint16_t flags);

  template <class Header>
  NetlinkMessage& header(const Header& value) {
    static_assert(std::is_trivially_copyable_v<Header>);
    append(&value, sizeof value);
    return *this;
  }
  NetlinkMessage& put(uint16_t type, const void* data, size_t size);
  NetlinkMessage& put_string(uint16_t type, std::string_view text);
  NetlinkMessage& put_u8(uint16_t type, uint8_t value) { return put(type, &value, sizeof value); }
  NetlinkMessage& put_u32(uint16_t type, uint32_t value) { return put(type, &value, sizeof value); }
  NetlinkMessage& put_bytes(uint16_t type, std::span<const uint8_t> bytes) {
    return put(type, bytes.data(), bytes.size());
  }

  /// Starts a nested attribute; the result goes to end().
  size_t begin(uint16_t type);
  void end(size_t start);

  /// The bytes to send, with the length filled in.
  std::span<const uint8_t> finish(uint32_t sequence);
  uint16_t flags() const;

 private:
  void append(const void* data, size_t size);
  std::vector<uint8_t> bytes_;
};

/// The attributes of a received message; valid as long as the bytes are.
class NetlinkAttributes {
 public:
  explicit NetlinkAttributes(std::span<const uint8_t> bytes) : bytes_(bytes) {}
  /// The attributes behind the family header of a message.
  template <class Header>
  static NetlinkAttributes behind(const nlmsghdr& message) {
    const auto* start = static_cast<const uint8_t*>(NLMSG_DATA(&message));
    const size_t skip = NLMSG_ALIGN(sizeof(Header));
    const size_t size = message.nlmsg_len < NLMSG_HDRLEN ? 0 : message.nlmsg_len - NLMSG_HDRLEN;
    return NetlinkAttributes(size <= skip ? std::span<const uint8_t>{}
                                          : std::span<const uint8_t>(start + skip, size - skip));
  }

  std::optional<std::span<const uint8_t>> find(uint16_t type) const;
  std::optional<uint8_t> u8(uint16_t type) const { return read<uint8_t>(type); }
  std::optional<uint32_t> u32(uint16_t type) const { return read<uint32_t>(type); }
  std::optional<std::string> text(uint16_t type) const;
  /// The attributes inside one; none when it is missing.
  NetlinkAttributes nested(uint16_t type) const;

 private:
  template <class Number>
  std::optional<Number> read(uint16_t type) const {
    const auto bytes = find(type);
    if (!bytes || bytes->size() < sizeof(Number)) return std::nullopt;
    Number value;
    memcpy(&value, bytes->data(), sizeof value);
    return value;
  }
  std::span<const uint8_t> bytes_;
};

/// The family header of a received message; zeros when the message is too short for it.
template <class Header>
Header netlink_header(const nlmsghdr& message) {
  Header header{};
  if (message.nlmsg_len >= NLMSG_LENGTH(sizeof header)) memcpy(&header, NLMSG_DATA(&message), sizeof header);
  return header;
}

}  // namespace kernel
