# The end of a client's script, below the lines that define SOCKET and SCRIPT. Loads only
# modules that are built in, so that it starts in ten milliseconds.
import _signal
import _socket
import marshal
import posix
import sys

SCM_RIGHTS = 1
FORWARDED = (_signal.SIGINT, _signal.SIGTERM, _signal.SIGHUP, _signal.SIGQUIT)


def main() -> None:
    # Until the job is sent: the number of a signal within it would not be told from it.
    mask = _signal.pthread_sigmask(_signal.SIG_BLOCK, FORWARDED)
    numbers = [int(name) for name in posix.listdir("/proc/self/fd")]
    server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    server.connect(SOCKET)  # noqa: F821
    opened = [n for n in numbers if is_open(n)]
    arguments = sys.argv[1:]
    if SCRIPT:  # noqa: F821
        arguments.insert(0, SCRIPT)  # noqa: F821
    job = marshal.dumps((arguments, posix.getcwd(), dict(posix.environ), opened), 2)
    for number in FORWARDED:
        if _signal.getsignal(number) != _signal.SIG_IGN:
            _signal.signal(number, lambda n, _: server.send(bytes([n])))
    rights = b"".join(n.to_bytes(4, sys.byteorder) for n in opened)
    server.sendmsg(
        [len(job).to_bytes(4, "big")], [(_socket.SOL_SOCKET, SCM_RIGHTS, rights)]
    )
    server.sendall(job)
    _signal.pthread_sigmask(_signal.SIG_SETMASK, mask)
    answer = server.recv(2)
    if len(answer) < 2:
        posix._exit(70)
    code, killed = answer
    if killed:
        if killed in FORWARDED:
            _signal.signal(killed, _signal.SIG_DFL)
        posix.kill(posix.getpid(), killed)
    posix._exit(code)


def is_open(number: int) -> bool:
    try:
        posix.fstat(number)
    except OSError:
        return False
    return posix.get_inheritable(number)


main()
