import Vocabulary

/// Cuts what a terminal printed into the lines of log events.
///
/// A value; it knows no time and no network.
///
/// Streaming (session-protocol 8.3): complete lines, cleaned, gathered into events of at most
/// `Limits.sessionLogStreamedEventBytes`; the unterminated last line only at the end. Plain (8.4): the text
/// as it is but for `\r\n`, in events of at most `Limits.sessionLogPlainEventBytes`, cut at line ends
/// where there is one.
struct LogShaper: Equatable {
    enum Mode: Equatable {
        case streaming
        case plain
    }

    /// The text of one event.
    enum Piece: Equatable {
        case lines([[UInt8]])
        case text([UInt8])
    }

    private let mode: Mode
    private let eventBytes: Int
    private var buffer: [UInt8] = []
    /// Where in `buffer` nothing has been taken yet.
    private var start = 0

    init(_ mode: Mode) {
        self.init(
            mode,
            eventBytes: mode == .streaming
                ? Limits.sessionLogStreamedEventBytes : Limits.sessionLogPlainEventBytes
        )
    }

    init(_ mode: Mode, eventBytes: Int) {
        self.mode = mode
        self.eventBytes = eventBytes
    }

    /// Bytes not yet taken.
    var pendingBytes: Int { buffer.count - start }

    mutating func append(_ bytes: [UInt8]) {
        buffer += bytes
    }

    /// Takes the next events, at most so many; none when there is nothing that is ready.
    ///
    /// While it goes on, plain text waits until it fills an event or `isDue`, so that a session whose log
    /// is not streamed has few of them; what is unfinished comes with `isEnd`.
    mutating func take(_ count: Int, isDue: Bool = false, isEnd: Bool) -> [Piece] {
        var pieces: [Piece] = []
        while pieces.count < count, let piece = nextPiece(isDue: isDue, isEnd: isEnd) {
            pieces.append(piece)
        }
        if start > 0 {
            buffer.removeFirst(start)
            start = 0
        }
        return pieces
    }

    private mutating func nextPiece(isDue: Bool, isEnd: Bool) -> Piece? {
        switch mode {
        case .streaming: nextLines(isEnd: isEnd).map(Piece.lines)
        case .plain: nextText(isDue: isDue, isEnd: isEnd).map(Piece.text)
        }
    }

    private mutating func nextLines(isEnd: Bool) -> [[UInt8]]? {
        var lines: [[UInt8]] = []
        var size = 0
        while let raw = nextLine(isEnd: isEnd) {
            guard lines.isEmpty || size + raw.count <= eventBytes else { break }
            start += raw.count
            size += raw.count
            let line = raw.last == 0x0A ? raw.dropLast() : raw
            lines.append(ConsoleText.cleaned(line))
        }
        return lines.isEmpty ? nil : lines
    }

    /// The next line with its end, or what counts as one: the last, or a piece of one that is too long.
    private func nextLine(isEnd: Bool) -> ArraySlice<UInt8>? {
        let rest = buffer[start...]
        let window = rest.prefix(eventBytes)
        if let end = window.firstIndex(of: 0x0A) { return rest[...end] }
        if rest.count >= eventBytes { return window.cutAtCharacter() }
        return isEnd && !rest.isEmpty ? rest : nil
    }

    private mutating func nextText(isDue: Bool, isEnd: Bool) -> [UInt8]? {
        let rest = buffer[start...]
        let isFull = rest.count >= eventBytes
        guard !rest.isEmpty, isFull || isDue || isEnd else { return nil }
        var piece = rest.prefix(eventBytes)
        if piece.count < rest.count || !isEnd {
            if let end = piece.lastIndex(of: 0x0A) {
                piece = rest[...end]
            } else if isFull {
                piece = piece.cutAtCharacter()
            } else {
                return nil
            }
        }
        start += piece.count
        let isLast = isEnd && start == buffer.count
        var text: [UInt8] = []
        text.reserveCapacity(piece.count)
        for (index, byte) in zip(piece.indices, piece) {
            let followed = index + 1 < piece.endIndex ? piece[index + 1] : 0
            if byte == 0x0D, followed == 0x0A { continue }
            text.append(byte)
        }
        if isLast, text.last == 0x0A { text.removeLast() }
        // PutLogEvents takes no empty message.
        return text.isEmpty ? [0x0A] : text
    }
}

extension ArraySlice<UInt8> {
    /// Without the beginning of a UTF-8 character whose rest lies behind the cut.
    fileprivate func cutAtCharacter() -> ArraySlice<UInt8> {
        for back in 1...Swift.min(4, Swift.max(1, count - 1)) {
            let index = endIndex - back
            guard index > startIndex else { break }
            let byte = self[index]
            if byte & 0xC0 == 0x80 { continue }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
            return length > back ? self[..<index] : self
        }
        return self
    }
}
