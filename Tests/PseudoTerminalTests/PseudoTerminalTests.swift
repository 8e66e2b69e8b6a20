import Glibc
import Testing

@testable import PseudoTerminal

/// A shell command on a terminal, with a small environment of its own.
func shell(_ command: String, directory: String? = nil) -> ChildProgram {
    ChildProgram(
        path: "/bin/sh",
        arguments: ["sh", "-c", command],
        environment: ["PATH": "/usr/bin:/bin", "TERM": "dumb", "PS1": "$ "],
        directory: directory
    )
}

/// Runs to the end and returns what was printed, line ends as `\n`.
func printed(by session: TerminalSession) async -> String {
    var bytes: [UInt8] = []
    while let piece = await session.nextOutput() { bytes += piece }
    return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
}

/// Reads until the text has come, and returns all that has.
func read(_ session: TerminalSession, until text: String) async -> String {
    var seen = ""
    while !seen.contains(text), let piece = await session.nextOutput() {
        seen += String(decoding: piece, as: UTF8.self)
    }
    return seen
}

@Suite("A program on a terminal", .timeLimit(.minutes(1)))
struct TerminalSessionTests {
    @Test(arguments: [
        ("exit 0", ChildStatus.code(0), Int32(0)), ("exit 7", .code(7), 7),
        ("kill -9 $$", .signal(9), 137), ("kill -TERM $$", .signal(15), 143),
    ])
    func `its end is a code or a signal`(
        command: String,
        status: ChildStatus,
        shellCode: Int32
    ) async throws {
        let session = try TerminalSession(shell(command))
        defer { session.close() }
        #expect(try await session.exitStatus() == status)
        #expect(status.shellCode == shellCode)
        #expect(session.exitStatusNow == status)
    }

    @Test func `it leads a session of its own on a controlling terminal of the asked size`()
        async throws
    {
        let session = try TerminalSession(
            shell("tty; stty size; echo $$ $(ps -o sid=,pgid=,tpgid= -p $$)"),
            size: WindowSize(columns: 132, rows: 43)
        )
        defer { session.close() }
        let lines = await printed(by: session).split(separator: "\n")
        #expect(lines.count == 3)
        #expect(lines.first?.hasPrefix("/dev/pts/") == true)
        #expect(lines.dropFirst().first == "43 132")
        let numbers = lines.last?.split(separator: " ").compactMap { Int32($0) } ?? []
        #expect(numbers == Array(repeating: session.pid, count: 4))
    }

    @Test func `it inherits no descriptor, no handler and no variable`() async throws {
        setenv("SEKISHO_TEST_LEAK", "1", 1)
        let session = try TerminalSession(
            shell("ls /proc/$$/fd; grep -E 'Sig(Blk|Ign)' /proc/$$/status; env | grep -c LEAK")
        )
        defer { session.close() }
        let text = await printed(by: session)
        let lines = text.split(whereSeparator: \.isWhitespace).map(String.init)
        #expect(lines.prefix(3) == ["0", "1", "2"])
        // dash itself opens the terminal as 10 when interactive; here nothing else may be open.
        #expect(lines.dropFirst(3).first == "SigBlk:", "\(text)")
        #expect(lines.last == "0")
    }

    @Test func `what is typed is read, and a new size is seen`() async throws {
        let session = try TerminalSession(
            shell("stty -echo; echo ready; read line; echo got $line; stty size")
        )
        defer { session.close() }
        _ = await read(session, until: "ready")
        session.resize(WindowSize(columns: 99, rows: 11))
        try await session.write(Array("hello\n".utf8))
        let text = await printed(by: session)
        #expect(text.hasSuffix("got hello\n11 99\n"), "\(text)")
    }

    @Test func `Ctrl-C ends what runs in the foreground`() async throws {
        let session = try TerminalSession(shell("echo ready; exec sleep 600"))
        defer { session.close() }
        _ = await read(session, until: "ready")
        try await session.write([3])
        #expect(try await session.exitStatus() == .signal(SIGINT))
    }

    @Test func `a signal to the foreground reaches it`() async throws {
        let session = try TerminalSession(shell("echo ready; exec sleep 600"))
        defer { session.close() }
        _ = await read(session, until: "ready")
        session.signalForeground(SIGQUIT)
        #expect(try await session.exitStatus() == .signal(SIGQUIT))
    }

    @Test(arguments: [
        ("stty echo icanon", false), ("stty -echo icanon", true), ("stty -echo -icanon", false),
        ("stty echo -icanon", false),
    ])
    func `only echo off in line mode is a password prompt`(
        command: String,
        isPassword: Bool
    ) async throws {
        let session = try TerminalSession(shell("\(command); echo ready; read line"))
        defer { session.close() }
        _ = await read(session, until: "ready")
        #expect(session.isReadingPassword == isPassword)
        session.signalSession(SIGKILL)
    }

    @Test func `a reader that stops stops the program, and nothing is lost`() async throws {
        let session = try TerminalSession(shell("seq 1 200000"), chunkBytes: 4096)
        defer { session.close() }
        // Nobody reads: the program must still be there, blocked in its write.
        #expect(session.exitStatusNow == nil)
        let text = await printed(by: session)
        #expect(text.split(separator: "\n").count == 200_000)
        #expect(text.hasSuffix("\n199999\n200000\n"))
        #expect(try await session.exitStatus() == .code(0))
    }

    @Test func `a large input is written whole while the program reads it`() async throws {
        let session = try TerminalSession(
            shell("stty raw -echo; echo ready; head -c 300000 | md5sum")
        )
        defer { session.close() }
        _ = await read(session, until: "ready")
        async let text = printed(by: session)
        try await session.write([UInt8](repeating: UInt8(ascii: "x"), count: 300_000))
        // The digest of 300,000 times "x".
        #expect(await text.contains("d408ed46ebcc326f9e7c6bb9c77af1cd"))
        #expect(try await session.exitStatus() == .code(0))
    }

    @Test func `a write that nobody reads can be given up`() async throws {
        let session = try TerminalSession(shell("stty raw -echo; echo ready; exec sleep 600"))
        defer { session.close() }
        _ = await read(session, until: "ready")
        let writing = Task {  // unstructured, since the test is about cancelling it
            try await session.write([UInt8](repeating: 65, count: 1_000_000))
        }
        writing.cancel()
        await #expect(throws: CancellationError.self) { try await writing.value }
        session.signalSession(SIGKILL)
    }

    @Test func `output ends when the program does, though a job keeps the terminal`() async throws {
        // The kernel hangs up on the foreground when the session's leader ends.
        let session = try TerminalSession(shell("trap '' HUP; sleep 600 & echo done"))
        defer { session.close() }
        #expect(await printed(by: session) == "done\n")
        #expect(try await session.exitStatus() == .code(0))
        #expect(session.signalSession(SIGKILL) == 1)
    }

    @Test func `a hang-up goes to background jobs too`() async throws {
        let session = try TerminalSession(
            shell("set -m; sleep 600 & sleep 600 & echo ready; wait")
        )
        defer { session.close() }
        _ = await read(session, until: "ready")
        #expect(session.signalSession(SIGHUP) == 3)
        #expect(try await session.exitStatus() == .signal(SIGHUP))
    }

    @Test func `closing hangs up and ends the output`() async throws {
        let session = try TerminalSession(shell("echo ready; exec sleep 600"))
        _ = await read(session, until: "ready")
        session.close()
        #expect(await session.nextOutput() == nil)
        #expect(try await session.exitStatus() == .signal(SIGHUP))
        await #expect(throws: SystemFailure.self) { try await session.write([65]) }
        #expect(!session.isReadingPassword)
        session.close()
    }
}

@Suite("Starting a program")
struct SpawnTests {
    @Test func `a program that is not there is told with its path`() {
        var program = shell("true")
        program.path = "/nonexistent/program"
        #expect(
            throws: SpawnFailure.system(
                SystemFailure(doing: "run /nonexistent/program", errno: ENOENT)
            )
        ) { try TerminalSession(program) }
    }

    @Test func `a directory that is not there is told`() {
        let failure = #expect(throws: SpawnFailure.self) {
            try TerminalSession(shell("true", directory: "/nonexistent"))
        }
        #expect(failure?.description == "cannot enter /nonexistent: No such file or directory")
    }

    @Test func `it starts in the directory it was given`() async throws {
        let session = try TerminalSession(shell("pwd", directory: "/usr"))
        defer { session.close() }
        #expect(await printed(by: session) == "/usr\n")
    }

    @Test(arguments: [["sh", "-c", "a\0b"], ["\0"]])
    func `a zero byte in an argument is refused`(arguments: [String]) {
        var program = shell("true")
        program.arguments = arguments
        #expect(throws: SpawnFailure.unusableText) { try TerminalSession(program) }
    }

    @Test(arguments: ["", "A=B", "A\0"])
    func `a variable's name that is none is refused`(name: String) {
        var program = shell("true")
        program.environment[name] = "x"
        #expect(throws: SpawnFailure.unusableText) { try TerminalSession(program) }
    }

    @Test(.enabled(if: geteuid() == 0, "only root may become somebody else"))
    func `as another user it has that user's rights and groups and no others`() async throws {
        let nobody = try #require(try Account.named("nobody"))
        var program = shell("id -u; id -ru; id -g; id -G; cat /etc/shadow >/dev/null || echo no")
        program.account = nobody
        program.directory = "/"
        let session = try TerminalSession(program)
        defer { session.close() }
        let lines = await printed(by: session).split(separator: "\n")
        #expect(lines.prefix(3) == ["\(nobody.uid)", "\(nobody.uid)", "\(nobody.gid)"])
        let groups = Set(lines.dropFirst(3).first?.split(separator: " ").map(String.init) ?? [])
        #expect(groups == Set(nobody.groups.map(String.init)))
        #expect(lines.last == "no")
    }

    @Test(.enabled(if: geteuid() != 0, "root may become anybody"))
    func `without root nobody else can be become`() throws {
        var program = shell("true")
        program.account = try Account.named("root")
        #expect(throws: SpawnFailure.self) { try TerminalSession(program) }
    }
}

@Suite("A user of the machine")
struct AccountTests {
    @Test func `root is known by name`() throws {
        let root = try #require(try Account.named("root"))
        #expect(root.uid == 0)
        #expect(root.isRoot)
        #expect(root.groups.contains(0))
    }

    @Test(arguments: ["", "no-such-user-here", "root\0", String(repeating: "x", count: 10_000)])
    func `who is not there is nil`(name: String) throws {
        #expect(try Account.named(name) == nil)
    }

    @Test func `the current user is the one we run as`() throws {
        #expect(try Account.current()?.uid == geteuid())
    }
}

@Suite("The person's own terminal")
struct LocalTerminalTests {
    @Test func `raw mode passes every key and is undone exactly`() throws {
        let (slave, pid) = try shell("exec sleep 600").start(size: .standard)
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            close(slave)
        }
        func flags() -> tcflag_t {
            var settings = termios()
            tcgetattr(slave, &settings)
            return settings.c_lflag
        }
        let before = flags()
        let terminal = LocalTerminal(input: slave, output: slave)
        #expect(terminal.isInteractive)
        try terminal.enterRawMode()
        try terminal.enterRawMode()
        #expect(flags() & tcflag_t(ECHO | ICANON | ISIG) == 0)
        terminal.restore()
        #expect(flags() == before)
        terminal.restore()
        var size = winsize(ws_row: 30, ws_col: 100, ws_xpixel: 0, ws_ypixel: 0)
        #expect(ioctl(slave, UInt(TIOCSWINSZ), &size) == 0)
        #expect(terminal.size == WindowSize(columns: 100, rows: 30))
    }

    @Test(.timeLimit(.minutes(1)))
    func `its size is told at once, and again after a change`() async throws {
        let (descriptor, pid) = try shell("exec sleep 600").start(
            size: WindowSize(columns: 100, rows: 30)
        )
        defer {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
            close(descriptor)
        }
        var sizes = LocalTerminal(input: descriptor, output: descriptor).sizes()
            .makeAsyncIterator()
        #expect(await sizes.next() == WindowSize(columns: 100, rows: 30))
        var size = winsize(ws_row: 20, ws_col: 90, ws_xpixel: 0, ws_ypixel: 0)
        #expect(ioctl(descriptor, UInt(TIOCSWINSZ), &size) == 0)
        kill(getpid(), SIGWINCH)
        #expect(await sizes.next() == WindowSize(columns: 90, rows: 20))
    }

    @Test func `a file is no terminal`() {
        let file = open("/dev/null", O_RDWR)
        defer { close(file) }
        let terminal = LocalTerminal(input: file, output: file)
        #expect(!terminal.isInteractive)
        #expect(terminal.size == nil)
        #expect(throws: SystemFailure.self) { try terminal.enterRawMode() }
    }
}
