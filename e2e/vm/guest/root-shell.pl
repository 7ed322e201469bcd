# PORT: root's shell for the test, over a virtio port. A line in: ID SECONDS HEX-OF-COMMAND.
# A line out: ID STATUS HEX-OF-STDOUT HEX-OF-STDERR; 124 when the command took too long. Each boot begins with a hello.
use strict;
my ($device) = @ARGV;
open my $port, '+<', $device or die "$device: $!";
binmode $port;
sub say_line { my $line = "$_[0]\n"; while (length $line) { my $n = syswrite $port, $line; last unless $n; $line = substr $line, $n } }
sub content { local $/; open my $file, '<', $_[0] or return ''; binmode $file; my $text = <$file>; defined $text ? $text : '' }
my $boot = content('/proc/sys/kernel/random/boot_id');
chomp $boot;
say_line("hello $boot");
while (1) {
  my ($line, $byte) = ('');
  while (1) {
    my $n = sysread $port, $byte, 1;
    # Nobody holds the other end: wait for somebody.
    if (!$n) { select undef, undef, undef, 0.1; next }
    last if $byte eq "\n";
    $line .= $byte;
  }
  my ($id, $seconds, $hex) = split / /, $line;
  next unless defined $hex;
  my ($out, $err) = map "/run/root-shell.$_", qw(out err);
  my $pid = fork;
  if (!$pid) {
    open STDIN, '<', '/dev/null';
    open STDOUT, '>', $out;
    open STDERR, '>', $err;
    exec 'timeout', '-k', '2', $seconds, 'sh', '-c', pack 'H*', $hex;
    exit 127;
  }
  waitpid $pid, 0;
  my $status = $? & 127 ? 128 + ($? & 127) : $? >> 8;
  say_line(join ' ', $id, $status, map { unpack 'H*', content($_) } $out, $err);
}
