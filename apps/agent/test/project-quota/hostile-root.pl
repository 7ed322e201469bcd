# Root of a jail, at its directory's end: what it is told, one fact a line, in /tmp, which is not its directory.
use strict;
use Errno ();
use Fcntl;
my ($GET, $SET, $INHERIT) = (0x801c581f, 0x401c5820, 0x200);
open my $said, '>', '/tmp/said.new' or die;
sub say_fact { syswrite $said, "$_[0] $_[1]\n" }
sub name_of { my $number = 0 + $_[0]; return 'none' unless $number; for (keys %!) { return $_ if Errno->can($_) && Errno->can($_)->() == $number } $number }

# Bytes, until it is told to stop, or has as many as it was to try.
my ($most_megabytes, $most_files) = @ARGV;
my ($block, $written, $why) = ("\1" x 65536, 0, 0);
open my $fill, '>', '/var/fill' or die;
while ($written < $most_megabytes << 20) {
  my $n = syswrite $fill, $block;
  if (!defined $n) { $why = $!; last }
  $written += $n;
}
close $fill;
say_fact('bytes', $written);
say_fact('bytes-end', name_of($why));
unlink '/var/fill';

mkdir '/var/many';
my ($files, $end) = (0, 0);
while ($files < $most_files) {
  if (!sysopen my $one, "/var/many/$files", O_CREAT | O_WRONLY) { $end = $!; last }
  $files += 1;
}
say_fact('files', $files);
say_fact('files-end', name_of($end));
unlink "/var/many/$_" for 0 .. $files;

# Out of its project: it, and a file and a directory of its own.
mkdir '/var/own';
open my $own, '>', '/var/own/file';
for my $path ('/var', '/var/own', '/var/own/file') {
  sysopen my $at, $path, O_RDONLY or next;
  my $now = "\0" x 28;
  ioctl $at, $GET, $now or say_fact("get-$path", name_of($!));
  my ($flags, $extent, $count, $project, $rest) = unpack 'LLLLa12', $now;
  say_fact("project-$path", $project);
  for (['change', $flags, 0], ['neighbour', $flags, $project + 1], ['clear', $flags & ~$INHERIT, $project]) {
    my ($what, $new_flags, $new_project) = @$_;
    next if $what eq 'clear' && !($flags & $INHERIT);
    my $wanted = pack 'LLLLa12', $new_flags, $extent, $count, $new_project, $rest;
    my $result = ioctl($at, $SET, $wanted) ? 0 : $!;
    say_fact("$what-$path", name_of($result));
  }
}
close $said;
rename '/tmp/said.new', '/tmp/said';
sleep 1000;
