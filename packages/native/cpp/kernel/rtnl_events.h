#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "netlink_socket.h"

namespace kernel {

struct NetworkEvent {
  enum class Kind { link, address, route, neighbour, overrun };
  Kind kind;
  bool gone = false;
  /// Name of the link; none when the event names none.
  std::optional<std::string> link;
};

/// The link, address, route and neighbour events of a namespace, from its making on. It keeps the namespace
/// alive as long as it lives.
class NetworkEvents {
 public:
  explicit NetworkEvents(const std::string& netns);
  /// Readable when there is something to read.
  int fd() const { return socket_.fd(); }
  /// What came since the last call, without waiting. An overrun stands where the kernel had to drop some.
  std::vector<NetworkEvent> read();

 private:
  void take(const nlmsghdr& message, std::vector<NetworkEvent>& events);
  std::optional<std::string> name(int index) const;

  NetlinkSocket socket_;
  std::map<int, std::string> names_;
};

}  // namespace kernel
