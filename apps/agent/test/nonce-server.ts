/** A command that serves one word over TCP, port 8080, v4 and v6, with nothing but what /usr of Debian has. */
export function nonceServer(nonce: string): string[] {
  const program = `use Socket qw(:DEFAULT inet_pton pack_sockaddr_in6);
socket(S, AF_INET6, SOCK_STREAM, 0) or die; setsockopt(S, SOL_SOCKET, SO_REUSEADDR, 1);
bind(S, pack_sockaddr_in6(8080, inet_pton(AF_INET6, "::"))) or die; listen(S, 64) or die;
$| = 1; print "serving ${nonce}\\n";
while (accept(C, S)) { send(C, "${nonce}\\n", 0); close C }`;
  return ['/usr/bin/perl', '-e', program];
}
