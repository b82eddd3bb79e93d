/**
 * Programs that connect their standard streams to a port on the loopback address of where they run. An image has one or another; the first
 * ones end each direction by itself, the last ones when either ends.
 */
export interface DialProgram {
  /** What has to be there: looked for by this name. */
  readonly program: string;
  readonly command: (port: number) => readonly string[];
}

const PYTHON = `import os,socket,sys,threading
s=socket.create_connection(('127.0.0.1',int(sys.argv[1])))
def up():
  while True:
    b=os.read(0,65536)
    if not b: break
    s.sendall(b)
  s.shutdown(socket.SHUT_WR)
threading.Thread(target=up,daemon=True).start()
while True:
  b=s.recv(65536)
  if not b: break
  while b: b=b[os.write(1,b):]
`;

const NODE = `const s=require('net').connect({port:+process.argv[1],host:'127.0.0.1',allowHalfOpen:true});
s.on('error',e=>{console.error(e.message);process.exit(1)});process.stdin.pipe(s);s.pipe(process.stdout);s.on('end',()=>process.stdin.destroy())`;

const PERL = `use IO::Socket::INET;my $s=IO::Socket::INET->new(PeerAddr=>'127.0.0.1',PeerPort=>$ARGV[0])||die "$@\\n";
my $b;if(my $p=fork){while(my $n=sysread($s,$b,65536)){my $o=0;while($o<$n){$o+=syswrite(STDOUT,$b,$n-$o,$o)||exit 1}}kill 'TERM',$p;exit 0}
while(my $n=sysread(STDIN,$b,65536)){my $o=0;while($o<$n){$o+=syswrite($s,$b,$n-$o,$o)||exit 1}}shutdown($s,1);`;

// what is started with & gets no input unless it is said from where
const BASH = 'exec 3<>"/dev/tcp/127.0.0.1/$1" 4<&0 || exit 1; cat <&4 >&3 & cat <&3; kill $! 2>/dev/null';

export const DIAL_PROGRAMS: readonly DialProgram[] = [
  { program: 'socat', command: (port) => ['socat', '-t', '86400', '-', `TCP:127.0.0.1:${port}`] },
  { program: 'busybox', command: (port) => ['busybox', 'nc', '127.0.0.1', String(port)] },
  { program: 'python3', command: (port) => ['python3', '-c', PYTHON, String(port)] },
  { program: 'perl', command: (port) => ['perl', '-e', PERL, String(port)] },
  { program: 'node', command: (port) => ['node', '-e', NODE, String(port)] },
  { program: 'nc', command: (port) => ['nc', '127.0.0.1', String(port)] },
  { program: 'bash', command: (port) => ['bash', '-c', BASH, 'bash', String(port)] },
];
