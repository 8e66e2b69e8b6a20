import Encoding
import Files
import Storage
import Vocabulary

/// One file of the append log: a header, then entries without gaps.
///
/// Header: `SEKILOG1 (8) ‖ position of the first entry (8) ‖ CRC-32C of both (4) ‖ zero (4)`. A position is
/// the number of bytes of entries ever written before it, so that it is also a place in a file.
struct LogSegment: Equatable, Sendable {
    static let headerLength = 24
    private static let mark = Array("SEKILOG1".utf8)

    /// The position of its first entry.
    let base: UInt64
    /// The position past its last entry.
    var end: UInt64

    /// Its file: the position as twenty digits, so that names sort as positions do.
    var fileName: String { Self.fileName(base) }

    static func fileName(_ base: UInt64) -> String { String(sortable: base) + ".log" }

    /// The position in a file's name, or nil if it is not the name of a segment.
    static func base(inFileName name: String) -> UInt64? {
        guard name.hasSuffix(".log"), let base = UInt64(name.dropLast(4)), fileName(base) == name
        else { return nil }
        return base
    }

    /// Where a position stands in the file.
    func offset(of position: UInt64) -> Int { Self.headerLength + Int(position - base) }

    static func header(_ base: UInt64) -> [UInt8] {
        var bytes = mark
        bytes.append(bigEndian: base)
        bytes.append(bigEndian: CRC32.of(bytes, .castagnoli))
        bytes.append(bigEndian: UInt32(0))
        return bytes
    }
}

/// Reads the entries of one segment, a window of the file at a time.
///
/// Blocks.
struct LogSegmentReader {
    enum Found {
        case entry([UInt8], durable: UInt64, next: UInt64)
        case damaged
        case end
    }

    let segment: LogSegment
    private let file: OpenFile
    private let windowLength: Int
    private var window: [UInt8] = []
    private var windowStart: UInt64

    /// Reads at least `windowLength` bytes at once: many for a run of entries, few for one.
    init(_ segment: LogSegment, of file: OpenFile, windowLength: Int = 1 << 20) {
        self.segment = segment
        self.file = file
        self.windowLength = windowLength
        windowStart = segment.base
    }

    /// What stands at a position of this segment.
    mutating func entry(at position: UInt64) throws(FileFailure) -> Found {
        guard position < segment.end else { return .end }
        if position < windowStart || position >= windowStart + UInt64(window.count) {
            try fill(from: position, count: windowLength)
        }
        while true {
            let offset = Int(position - windowStart)
            switch LogFrame.find(in: window, at: offset, position: position) {
            case .entry(let bytes, let durable):
                let next = windowStart + UInt64(bytes.upperBound)
                return .entry(Array(window[bytes]), durable: durable, next: next)
            case .damaged:
                return .damaged
            case .needs(let count):
                guard UInt64(count) <= segment.end - position else { return .damaged }
                let filled = window.count
                let start = windowStart
                try fill(from: position, count: max(count, windowLength))
                // The file is shorter than it was when it was opened.
                if windowStart == start, window.count <= filled { return .damaged }
            }
        }
    }

    /// The first entry at or after a position, or nil if an entry before it is damaged.
    ///
    /// A caller goes on from the entry it read last or from one past it, so those are tried first; else
    /// the segment is read from its start.
    mutating func boundary(atOrAfter position: UInt64) throws(FileFailure) -> UInt64? {
        guard position > segment.base else { return segment.base }
        if case .entry = try entry(at: position) { return position }
        if case .entry(_, _, let next) = try entry(at: position - 1) { return next }
        var reached = segment.base
        while reached < position {
            guard case .entry(_, _, let next) = try entry(at: reached) else { return nil }
            reached = next
        }
        return reached
    }

    /// Where the entries of a segment end that may have been cut off by a crash.
    ///
    /// The first thing that is no whole entry ends it, if it was never acknowledged. It was if any entry
    /// after it tells that the log was durable past it: then it is damage, and throws `corrupt`.
    mutating func recoveredEnd() throws(StorageError) -> UInt64 {
        do {
            var position = segment.base
            while case .entry(_, _, let next) = try entry(at: position) { position = next }
            var candidate = position + 1
            while candidate < segment.end {
                if case .entry(_, let durable, _) = try entry(at: candidate), durable > position {
                    throw StorageError.corrupt(
                        "the append log is damaged at \(position), in \(file.path)"
                    )
                }
                candidate += 1
            }
            return position
        } catch let error as FileFailure {
            throw error.storageError
        } catch {
            throw .corrupt("the append log is damaged, in \(file.path)")
        }
    }

    private mutating func fill(from position: UInt64, count: Int) throws(FileFailure) {
        let available = Int(min(UInt64(count), segment.end - position))
        window = try file.read(at: segment.offset(of: position), count: available)
        windowStart = position
    }
}
